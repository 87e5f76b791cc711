import type { Action, Engine, Input } from '@payment-manager/engine';
import type { JournalEvent, StoredRecord } from '@payment-manager/journal';

/** Records of one kind, as those see them who start, stop and take over. */
export class EngineLife<S, I extends Input, E extends JournalEvent, A extends Action> {
  protected readonly engine: Engine<S, I, E, A>;

  constructor(engine: Engine<S, I, E, A>) {
    this.engine = engine;
  }

  start(): Promise<number> {
    return this.engine.start();
  }

  /** Goes on with what a replica that is gone has left. False when the record is another flow's. */
  adopt(record: StoredRecord): boolean {
    return this.engine.adopt(record);
  }

  changed(id: string): void {
    this.engine.changed(id);
  }

  lookAgain(): void {
    this.engine.lookAgain();
  }

  /** Who waits is told what is known now. */
  endWaits(): void {
    this.engine.endWaits();
  }

  finish(graceMs: number): Promise<void> {
    return this.engine.finish(graceMs);
  }

  stop(): Promise<void> {
    return this.engine.stop();
  }

  get openCount(): number {
    return this.engine.openCount;
  }
}
