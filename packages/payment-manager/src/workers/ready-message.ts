/** What a parent process is told when this one is ready: base URLs. */
export interface ReadyMessage {
  readonly inbound: string;
  readonly outbound: string;
  readonly operations: string;
  /** Where people open the portal; absent where it is switched off. */
  readonly portal?: string;
}
