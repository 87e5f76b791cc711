import type { StandingCondition } from './alert-rules.ts';
import type { Incidents } from './incident.ts';

/** The incidents as they are stored. */
export interface StoredIncidents {
  readonly incidents: Incidents;
  /** Grows with each change; 0: there are none yet. */
  readonly version: number;
}

/** What one replica tells the others: what it sees, and which alarms somebody let rest, as `CODE ID`, where it knows of that. */
export interface TellsOthers {
  readonly conditions: readonly StandingCondition[];
  readonly muted: readonly string[];
}

/** Where incidents outlive a process, and where replicas tell each other what they see. Rejects with what the disk or the database says. */
export interface AlertStore {
  read(): Promise<StoredIncidents>;
  /** @returns false: another version is stored meanwhile, and nothing was changed */
  write(incidents: Incidents, seen: number): Promise<boolean>;
  /** Says what this replica sees, for the others. Absent: there are no others. */
  readonly shared?: {
    tell(seen: TellsOthers): Promise<void>;
    /** What all others have said within the last half minute. */
    others(): Promise<readonly TellsOthers[]>;
  };
  close(): Promise<void>;
}
