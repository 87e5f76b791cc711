/** A back end of the core connector: how it is, how much it is given to do, and what came of the calls of this process. Times in milliseconds. */
export interface ShownBackEnd {
  readonly name: string;
  readonly kind: string;
  readonly answers: 'yes' | 'no' | 'unknown';
  readonly breaker: 'closed' | 'open' | 'half-open';
  /** Calls that are under way. */
  readonly calls: number;
  readonly silentSince?: number;
  readonly reason?: string;
  readonly limits: { readonly inFlight: number; readonly perSecond?: number; readonly connectMs: number; readonly totalMs: number };
  /** How many came to what since the start. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** The last ones, the newest first. */
  readonly recent: readonly {
    readonly at: number;
    readonly tookMs: number;
    readonly purpose: 'read' | 'money';
    readonly outcome: string;
  }[];
}

/** A process that takes payments, as it told of itself some seconds ago. Without `version` it told nothing of a connector: its version is an older one. */
export interface ConnectorElsewhere {
  readonly process: string;
  /** It can take payments. */
  readonly ready: boolean;
  readonly version?: string;
  readonly backEnds?: readonly ShownBackEnd[];
}

/** The core connector of this process. Nothing of a payment, and no value of a setting, is in it. */
export interface ShownConnector {
  readonly name: string;
  readonly version: string;
  readonly operations: readonly {
    readonly name: string;
    readonly steps: number;
    readonly effects: readonly { readonly name: string; readonly kind: string; readonly settledBy: readonly string[] }[];
  }[];
  /** None where `elsewhere` is given: this process calls no core. */
  readonly backEnds: readonly ShownBackEnd[];
  /** Where roles are split: the processes that run it. Absent: this one does. */
  readonly elsewhere?: readonly ConnectorElsewhere[];
  /** The error table: the first line that holds says what the other side is told. */
  readonly errors: readonly { readonly when: string; readonly code: string; readonly message?: string }[];
  readonly guesses: readonly {
    readonly id: string;
    readonly text: string;
    readonly standing: 'probed' | 'signed-off' | 'open';
    readonly why?: string;
  }[];
  /** `at`: ISO 8601. `sameFiles`: of the files that run. */
  readonly probe?: {
    readonly at: string;
    readonly environment: string;
    readonly sameFiles: boolean;
    readonly observations: readonly { readonly probe: string; readonly step: string; readonly result: string; readonly saw: string }[];
  };
  readonly certification?: {
    readonly at: string;
    readonly sameFiles: boolean;
    readonly passed: number;
    readonly failed: number;
    readonly skipped: number;
    readonly payments: number;
    readonly seconds: number;
    readonly failedCases: readonly { readonly id: string; readonly name: string }[];
  };
  /** Files with tests that stand beside it. */
  readonly fixtures: readonly string[];
}

/** What lies in the connector's folder now: a reload would load it. Without `version` it cannot be read. */
export interface ShownCandidate {
  readonly version?: string;
  readonly problems: readonly string[];
}

export type ConnectorRefused = { readonly kind: 'unknown' } | { readonly kind: 'unusable'; readonly problems: readonly string[] };

/** A line of a comparison: in both, only before, only after; or so many equal ones that are left out. */
export type ShownLine =
  | { readonly is: 'same' | 'gone' | 'new'; readonly text: string }
  | { readonly is: 'left-out'; readonly lines: number };

export interface ComparedVersions {
  readonly kind: 'compared';
  readonly from: string;
  readonly to: string;
  readonly files: readonly { readonly file: string; readonly is: 'changed' | 'gone' | 'new'; readonly lines: readonly ShownLine[] }[];
}

export interface TriedFixture {
  readonly kind: 'tried';
  readonly test: string;
  /** Each line begins with what it is: `*` a start, `>` a request, `<` an answer, `~` an outcome, `=` the result. */
  readonly steps: readonly { readonly operation: string; readonly lines: readonly string[] }[];
  /** What was otherwise than the fixture says; none: passed. */
  readonly faults: readonly string[];
}

export interface ReplayedPayment {
  readonly kind: 'replayed';
  readonly sides: readonly {
    readonly side: 'payee' | 'payer';
    readonly lines: readonly string[];
    readonly differences: readonly string[];
    readonly unknown: readonly string[];
  }[];
}

/** With which version something is tried: the one that runs, or what lies in the folder. */
export type WhichConnector = 'running' | 'folder';

/** The core connector of this process. Nothing here calls a core, and nothing is changed. */
export interface ConnectorDoor {
  shown(): Promise<ShownConnector>;
  candidate(): Promise<ShownCandidate>;
  /** What a reload would change; with a version, what has changed since that one. */
  compare(version?: string): Promise<ComparedVersions | ConnectorRefused>;
  tryFixture(file: string, which: WhichConnector): Promise<TriedFixture | ConnectorRefused>;
  /** Values of the payment, which may be a person’s, only with `personal`. */
  replay(transferId: string, which: WhichConnector, personal: boolean): Promise<ReplayedPayment | ConnectorRefused>;
}
