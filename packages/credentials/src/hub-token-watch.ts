import { ConnectionFault } from '@payment-manager/connection-manager-client/fault';
import { type AlarmCode, type AlarmEntry, alarmBoard, type World } from '@payment-manager/runtime';
import { VaultError } from '@payment-manager/vault';

/** What is known of our way in at the hub: whether tokens can be had, and whether the hub lets in who brings one. */
export interface HubTokenWatch {
  /** After each log-in at the token server; with the fault when it gave no token. */
  loggedIn(fault?: unknown): void;
  /** After each answer of the hub to a request with a token that no other token can help. */
  answered(refused: boolean): void;
  /** Those that stand now. */
  alarms(): readonly AlarmEntry[];
}

/** What can be wrong with the token for the hub. */
export type HubTokenAlarmCode = Extract<AlarmCode, 'HUB_TOKEN_UNAVAILABLE' | 'HUB_TOKEN_REFUSED'>;

/** Watches, counts, and raises an alarm once for as long as it lasts. */
export function watchHubToken({ clock, log, metrics }: Pick<World, 'clock' | 'log' | 'metrics'>): HubTokenWatch {
  const logIns = metrics.counter('pm_hub_token_requests_total', 'Log-ins at the token server of the hub', ['result']);
  const refusals = metrics.counter('pm_hub_token_refused_total', 'Requests with a token that the hub refused with 401', []);
  const raised = metrics.counter('pm_alarms_total', 'Alarms by code', ['code']);
  const board = alarmBoard(clock);

  const raise = (code: HubTokenAlarmCode, reason: string): void => {
    if (board.raise({ id: 'hub-token', code, reason }) !== 'new') return;
    log.error('alarm: the token for the hub', { code, reason });
    raised.add(1, { code });
  };
  const end = (code: HubTokenAlarmCode): void => {
    if (board.clear('hub-token', code)) log.info('the token for the hub is well again', { code });
  };
  return {
    loggedIn(fault) {
      logIns.add(1, { result: fault === undefined ? 'token' : 'failed' });
      if (fault === undefined) end('HUB_TOKEN_UNAVAILABLE');
      else raise('HUB_TOKEN_UNAVAILABLE', reasonOf(fault));
    },
    answered(refused) {
      if (refused) {
        refusals.add(1);
        raise('HUB_TOKEN_REFUSED', REFUSED_REASON);
      } else end('HUB_TOKEN_REFUSED');
    },
    alarms: board.alarms,
  };
}

const REFUSED_REASON =
  'The hub answers 401 to a token that was just fetched. Ask its operator which token server, client id and scope it wants (`hub.oauth`).';

/** Only errors that are made for people are quoted; others may hold anything. */
function reasonOf(fault: unknown): string {
  if (fault instanceof ConnectionFault) return `${fault.message} ${fault.nextStep}`;
  if (fault instanceof VaultError) return `${fault.code}: ${fault.message}`;
  return 'The client secret cannot be read. See the log of the vault.';
}
