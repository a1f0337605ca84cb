// A process that formats a short program with Prettier at the pace that it is told, and says what processor time each took: machine-pace.ts.
import { setTimeout as delay } from 'node:timers/promises';
import { format } from 'prettier';

/** Short enough to be done in a millisecond or two, and odd enough to go through a good deal of the formatter's code. */
const PROGRAM = `import a from "a"; export const f=async(x:number,y:string):Promise<void>=>{if(x>1){for(const k of [1,2,x])
console.log(k,\`\${y}\`)}else{throw new Error('no')}}; class Q<T extends object>{private z=1;get size():T|null{return this.z?null:this.of()}}`;
/** Code is compiled and memory is touched before the first order. */
const WARM_UP = 3000;

export interface Pace {
  readonly periodMs: number;
  readonly seconds: number;
}

const work = (): Promise<string> => format(PROGRAM, { parser: 'typescript' });

/** Milliseconds of processor time, of all threads, for one piece of work. */
async function costOf({ periodMs, seconds }: Pace): Promise<number> {
  const pieces = Math.max(1, Math.round((seconds * 1000) / periodMs));
  const before = process.cpuUsage();
  let next = performance.now();
  for (let i = 0; i < pieces; i++) {
    await work();
    next += periodMs;
    await delay(Math.max(0, next - performance.now()));
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / pieces;
}

for (let i = 0; i < WARM_UP; i++) await work();
process.on('message', (pace: Pace) => {
  void costOf(pace).then((ms) => process.send?.(ms));
});
process.send?.('ready');
