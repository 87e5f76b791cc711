import { testJournal } from './journal.conformance.ts';
import { memoryJournal } from './memory-journal.ts';
import { testPruning } from './prune/prune.conformance.ts';

testJournal('memory journal', async () => memoryJournal());
testPruning('memory journal', async () => memoryJournal());
