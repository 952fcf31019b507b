import { type DestinationStream, pino } from 'pino';

/** pino's multistream looks at the level that was written last. */
type Leveled = DestinationStream & { lastLevel?: number };

/** So many lines leave together, and after so many milliseconds fewer do: each write takes another thread. */
const TOGETHER = 256;
const LATEST_MS = 50;

/** Writes lines at info that are ready but for what all of them have, many in one piece. */
export class BulkWriter {
  private pieces: string[] = [];
  private count = 0;
  private timer: NodeJS.Timeout | undefined;

  /** @param oneByOne each line leaves alone and at once: several processes write to the same place */
  constructor(
    private readonly stream: Leveled,
    private readonly oneByOne: boolean,
  ) {}

  /** @param members the inside of a JSON object each, without time and level */
  readonly write = (members: readonly string[]): void => {
    const head = `{"level":"info","time":${Date.now()},"pid":${process.pid},`;
    const lines = members.map((line) => `${head}${line}}\n`);
    if (this.oneByOne) return lines.forEach((line) => this.send(line));
    this.pieces.push(lines.join(''));
    this.count += lines.length;
    if (this.count >= TOGETHER) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), LATEST_MS).unref();
  };

  /** Writes what waits. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const text = this.pieces.join('');
    this.pieces = [];
    this.count = 0;
    if (text !== '') this.send(text);
  }

  private send(text: string): void {
    this.stream.lastLevel = pino.levels.values.info;
    this.stream.write(text);
  }
}
