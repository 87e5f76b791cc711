import { memoryStore } from './memory-store.ts';
import { testStore } from './store.conformance.ts';

testStore('memory store', {
  async open() {
    const store = memoryStore();
    return { store, again: async () => store, end: async () => {} };
  },
});
