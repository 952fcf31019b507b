import { Worker } from 'node:worker_threads';

/** Bytes of text that make a token, on average over languages, where the tokenizer cannot be had. */
const BYTES_PER_TOKEN = 4;
/** From source (in tests) and built. */
const FILE = import.meta.url.endsWith('.ts') ? './token-worker.ts' : './token-worker.js';

interface Answer {
  readonly id: number;
  readonly tokens: number;
}

/** Counts tokens of texts with OpenAI's vocabulary `o200k_base`, on a thread that starts when it is first needed. */
export class TokenCounter {
  private worker: Worker | undefined;
  private last = 0;
  private readonly waiting = new Map<number, (tokens: number | undefined) => void>();

  /** Never rejects: where the thread has died, the text's bytes tell. */
  async count(text: string): Promise<number> {
    if (text === '') return 0;
    const tokens = await this.ask(text);
    return tokens ?? Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
  }

  private ask(text: string): Promise<number | undefined> {
    const worker = (this.worker ??= this.start());
    const id = ++this.last;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      worker.postMessage({ id, text });
    });
  }

  private start(): Worker {
    const worker = new Worker(new URL(FILE, import.meta.url));
    // It does not keep the process from ending.
    worker.unref();
    worker.on('message', ({ id, tokens }: Answer) => {
      this.waiting.get(id)?.(tokens);
      this.waiting.delete(id);
    });
    worker.on('error', () => undefined);
    worker.on('exit', () => this.lost());
    return worker;
  }

  private lost(): void {
    this.worker = undefined;
    for (const resolve of this.waiting.values()) resolve(undefined);
    this.waiting.clear();
  }
}
