import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a process may use. */
export interface Limits {
  readonly memoryMb: number;
  /** Of one core. */
  readonly cpus: number;
}

/** A control group of the kernel, for one process and all that it starts. */
export interface ControlGroup {
  /** A command that puts itself into the group and becomes what it is given. */
  readonly through: readonly string[];
  /** The most memory that it ever had, bytes. */
  mostMemory(): number;
  /** When its processes have ended. */
  remove(): void;
}

const ROOT = '/sys/fs/cgroup';
const PERIOD_US = 100_000;
let made = 0;

/**
 * Makes a group of either version. @throws Error in the system's words where this user may not, or there is none
 */
export function controlGroup({ memoryMb, cpus }: Limits): ControlGroup {
  const name = `payment-manager-test-${process.pid}-${++made}`;
  const second = existsSync(join(ROOT, 'cgroup.controllers'));
  const folders = second ? [join(ROOT, name)] : [join(ROOT, 'memory', name), join(ROOT, 'cpu', name)];
  for (const folder of folders) mkdirSync(folder);
  const [memory = '', cpu = memory] = folders;
  const bytes = String(memoryMb * 1_048_576);
  const quota = Math.round(cpus * PERIOD_US);
  try {
    if (second) {
      writeFileSync(join(memory, 'memory.max'), bytes);
      writeFileSync(join(cpu, 'cpu.max'), `${quota} ${PERIOD_US}`);
    } else {
      writeFileSync(join(memory, 'memory.limit_in_bytes'), bytes);
      writeFileSync(join(cpu, 'cpu.cfs_period_us'), String(PERIOD_US));
      writeFileSync(join(cpu, 'cpu.cfs_quota_us'), String(quota));
    }
  } catch (error) {
    for (const folder of folders) rmdirSync(folder);
    throw error;
  }
  const enter = folders.map((folder) => `echo $$ > ${folder}/cgroup.procs`).join(' && ');
  return {
    through: ['sh', '-c', `${enter} && exec "$@"`, 'sh'],
    mostMemory: () => Number(readFileSync(join(memory, second ? 'memory.peak' : 'memory.max_usage_in_bytes'), 'utf8')),
    remove() {
      for (const folder of folders) rmdirSync(folder);
    },
  };
}
