import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

/** One table of the report. */
export interface Section {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes?: readonly string[];
}

export function markdown({ title, head, rows, notes = [] }: Section): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [
    `## ${title}`,
    '',
    line(head),
    rule,
    ...rows.map(line),
    '',
    ...notes.map((note) => `- ${note}`),
    '',
  ].join('\n');
}

/** Writes `<date>.md` and `<date>.json` below bench/results and answers the path of the first. */
export function writeReport(sections: readonly Section[], circumstances: readonly string[]): string {
  const folder = join(import.meta.dirname, 'results');
  mkdirSync(folder, { recursive: true });
  const name = new Date().toISOString().slice(0, 16).replace(/[:T]/g, '-');
  const machine = `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}`;
  const facts = [machine, ...circumstances].map((fact) => `- ${fact}`).join('\n');
  const file = join(folder, `${name}.md`);
  writeFileSync(file, `# Benchmarks ${name}\n\n${facts}\n\n${sections.map(markdown).join('\n')}`);
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ machine, circumstances, sections }, null, 2));
  return file;
}
