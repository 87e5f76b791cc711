/** Loaded first (`node --import`), in each thread: libraries and rooms come from what `warm-up.ts` has made of them, where that is there. */
import { fileURLToPath } from 'node:url';
import { useRoomsIn } from './few-files-use.ts';
import { useLibrariesIn } from './in-one-file-use.ts';

useLibrariesIn(fileURLToPath(new URL('../../../../.pm/built/libraries', import.meta.url)));
useRoomsIn();
