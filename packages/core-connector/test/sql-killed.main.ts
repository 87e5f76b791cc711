/** A process for the test of kills: books payments without end in the database of its argument, and prints each reference that was acknowledged. */
import { sqlCore } from './sql-core.ts';
import { booking } from './sql-requests.ts';

const [, , url = '', life = ''] = process.argv;
const core = await sqlCore(url);

async function bookForEver(writer: number): Promise<never> {
  for (let n = 0; ; n++) {
    const key = `${life}-${writer}-${n}`;
    process.stdout.write(`? ${key}\n`);
    const answer = await core.backEnds.call(booking(key), performance.timeOrigin + performance.now() + 5_000, 'money');
    if (answer.kind === 'sql' && answer.state === 'DONE') process.stdout.write(`! ${key}\n`);
  }
}
await Promise.all([1, 2, 3, 4].map(bookForEver));
