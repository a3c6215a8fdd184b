import type { Setting } from '../setting.ts';
import { alignColumns } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { loupeVersion } from '../version.ts';
import type { Finding } from './finding.ts';
import { examineInference } from './inference.ts';
import { examineModels } from './models.ts';
import { examinePython } from './python.ts';

/** `loupe doctor`: returns 0 when everything that `loupe run` needs is there, else 1. */
export async function doctorCommand(setting: Setting, terminal: Terminal): Promise<number> {
  const findings: readonly Finding[] = [
    { state: 'ok', what: 'loupe', detail: `${await loupeVersion(setting.root)} in ${setting.root}` },
    { state: 'ok', what: 'Node', detail: `${process.version} (${process.execPath})` },
    ...(await examineInference(setting, terminal.say)),
    ...(await examineModels(setting)),
    ...(await examinePython(setting)),
  ];
  const colours = { ok: 'green', note: 'yellow', missing: 'red' } as const;
  const rows = findings.map(({ state, what, detail }) => [
    terminal.paint(colours[state], state),
    what,
    detail,
  ]);
  await terminal.write(`${alignColumns(rows).join('\n')}\n`);
  return findings.some(({ state }) => state === 'missing') ? 1 : 0;
}
