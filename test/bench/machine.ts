import { cpus, platform, release, totalmem } from 'node:os';

/** One line on what the numbers were measured on: processor, cores, memory, system, Node. */
export function describeMachine(): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${processors[0]?.model.trim() ?? 'unknown processor'}, ${processors.length} cores, ${memory} GiB, ${platform()} ${release()}, Node ${process.versions.node}`;
}
