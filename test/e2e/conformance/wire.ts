import { hear } from '../support/secrets.ts';

/** What went over the wire in one call of an SDK: its bytes beside what the SDK made of them. */
export class Wire {
  /** The body that the SDK sent. */
  sent = '';
  status = 0;
  headers = new Headers();
  private read: Promise<string> = Promise.resolve('');

  readonly fetch: typeof fetch = async (input, init) => {
    this.sent = typeof init?.body === 'string' ? init.body : '';
    const response = await fetch(input, init);
    const { status, headers, body } = response;
    this.status = status;
    this.headers = headers;
    if (!body) return response;
    const [own, forSdk] = body.tee();
    this.read = textOf(own);
    return new Response(forSdk, { status, headers });
  };

  async heard() {
    return { status: this.status, headers: this.headers, text: await this.text(), sent: this.sent };
  }

  /** The answer as it came, up to its end or its breaking off. */
  private async text(): Promise<string> {
    const text = await this.read;
    // What refuses is swept for secrets, as in every suite.
    if (this.status >= 400) hear(text);
    return text;
  }
}

async function textOf(body: ReadableStream<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of body) chunks.push(chunk);
  } catch {
    // It broke off: what had come is what there was.
  }
  return Buffer.concat(chunks).toString('utf8');
}
