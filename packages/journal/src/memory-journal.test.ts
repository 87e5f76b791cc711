import { testJournal } from './journal.conformance.ts';
import { memoryJournal } from './memory-journal.ts';

testJournal('memory journal', async () => memoryJournal());
