import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { goalTable, type goalRows } from './goals.ts';
import type { Finding, Section } from './section.ts';
import { verdictOn } from './verdict.ts';

const FOLDER = join(import.meta.dirname, '../results');
const NAME = new Date().toISOString().slice(0, 19).replace(/[:T]/g, '-');

export function markdown({ title, head, rows, findings = [], notes = [] }: Section): string {
  const list = [...findings.map(worded), ...notes].map((line) => `- ${line}`);
  return [`## ${title}`, '', ...(rows.length > 0 ? [table(head, rows), ''] : []), ...list, ''].join('\n');
}

/** Writes `<date>.md` and `<date>.json` of this run below bench/results; answers the path of the first. */
export function writeReport(
  sections: readonly Section[],
  circumstances: readonly string[],
  goals: ReturnType<typeof goalRows>,
): string {
  mkdirSync(FOLDER, { recursive: true });
  const machine = `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}`;
  const facts = [machine, ...circumstances].map((fact) => `- ${fact}`).join('\n');
  const file = join(FOLDER, `${NAME}.md`);
  writeFileSync(
    file,
    `# Benchmarks ${NAME}\n\n${facts}\n\n${[...sections, goalTable(goals)].map(markdown).join('\n')}`,
  );
  const data = { machine, circumstances, sections, goals };
  writeFileSync(join(FOLDER, `${NAME}.json`), `${JSON.stringify(data, null, 2)}\n`);
  return file;
}

function worded(finding: Finding): string {
  return `${verdictOn(finding)}: ${finding.wanted}; found ${finding.found}`;
}

function table(head: readonly string[], given: Section['rows']): string {
  const rows = given.map((row) => row.map((cell) => (cell === 'NaN' ? '–' : cell)));
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join(
    '\n',
  );
}
