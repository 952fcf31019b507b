import { Complaint, json, readJson, type Asked, type Json, type Operation, type Reply } from './exchange.ts';
import { idOf } from './words.ts';

interface Kept {
  readonly group: string;
  value: Json;
}

interface Upload {
  readonly group: string;
  readonly size: number;
  readonly mimeType: string;
  readonly displayName: string | undefined;
  readonly chunks: Buffer[];
}

const VERSION = 'v1(?:beta|alpha)?';

/** Files and cached contents. Each belongs to the project (group) of the key that made it, as at Google. */
export class GeminiStore {
  private readonly kept = new Map<string, Kept>();
  private readonly uploads = new Map<string, Upload>();

  operations(): readonly Operation[] {
    const at = (path: string) => new RegExp(`^/${VERSION}/${path}$`);
    return [
      {
        name: 'upload',
        method: 'POST',
        path: new RegExp(`^/upload/${VERSION}/files$`),
        run: (asked) => this.upload(asked),
      },
      {
        name: 'upload',
        method: 'PUT',
        path: new RegExp(`^/upload/${VERSION}/files$`),
        run: (asked) => this.upload(asked),
      },
      {
        name: 'files',
        method: 'GET',
        path: at('files'),
        run: (asked) => json({ files: this.of(asked.group, 'files/') }),
      },
      {
        name: 'file',
        method: 'GET',
        path: at('(files/[^/:]+)'),
        run: (asked, [name]) => json(this.find(asked, name)),
      },
      {
        name: 'file-delete',
        method: 'DELETE',
        path: at('(files/[^/:]+)'),
        run: (asked, [name]) => this.remove(asked, name),
      },
      {
        name: 'caches',
        method: 'GET',
        path: at('cachedContents'),
        run: (asked) => json({ cachedContents: this.of(asked.group, 'cachedContents/') }),
      },
      {
        name: 'cache-create',
        method: 'POST',
        path: at('cachedContents'),
        run: (asked) => this.createCache(asked),
      },
      {
        name: 'cache',
        method: 'GET',
        path: at('(cachedContents/[^/:]+)'),
        run: (asked, [name]) => json(this.find(asked, name)),
      },
      {
        name: 'cache-update',
        method: 'PATCH',
        path: at('(cachedContents/[^/:]+)'),
        run: (asked, [name]) => this.updateCache(asked, name),
      },
      {
        name: 'cache-delete',
        method: 'DELETE',
        path: at('(cachedContents/[^/:]+)'),
        run: (asked, [name]) => this.remove(asked, name),
      },
    ];
  }

  /** Google's words when a request names a file or cache of another project. */
  assertReachable(group: string, body: Json): void {
    const written = JSON.stringify(body);
    for (const [, name = ''] of written.matchAll(/"fileUri":"[^"]*\/(files\/[^"]+)"/g))
      this.mine(group, name);
    if (typeof body.cachedContent === 'string') this.mine(group, body.cachedContent);
  }

  clear(): void {
    this.kept.clear();
    this.uploads.clear();
  }

  private mine(group: string, name: string): Kept {
    const kept = this.kept.get(name);
    if (kept?.group === group) return kept;
    const what = name.startsWith('files/')
      ? `You do not have permission to access the File ${name.slice(6)} or it may not exist.`
      : 'CachedContent not found (or permission denied)';
    throw new Complaint(403, what);
  }

  private find(asked: Asked, name = ''): Json {
    return this.mine(asked.group, name).value;
  }

  private of(group: string, prefix: string): Json[] {
    return [...this.kept]
      .filter(([name, kept]) => name.startsWith(prefix) && kept.group === group)
      .map(([, kept]) => kept.value);
  }

  private remove(asked: Asked, name = ''): Reply {
    this.mine(asked.group, name);
    this.kept.delete(name);
    return json({});
  }

  private createCache(asked: Asked): Reply {
    const body = readJson(asked);
    if (typeof body.model !== 'string') throw new Complaint(400, 'model is required');
    const name = `cachedContents/${idOf('c', this.kept.size, body)}`;
    const at = '2026-11-21T00:00:00Z';
    const value = {
      name,
      model: body.model,
      createTime: at,
      updateTime: at,
      expireTime: '2099-01-01T00:00:00Z',
      usageMetadata: { totalTokenCount: 2048 },
    };
    this.kept.set(name, { group: asked.group, value });
    return json(value);
  }

  private updateCache(asked: Asked, name = ''): Reply {
    const kept = this.mine(asked.group, name);
    kept.value = { ...kept.value, ...readJson(asked), name };
    return json(kept.value);
  }

  private upload(asked: Asked): Reply {
    const id = asked.query.get('upload_id');
    const command = String(asked.headers['x-goog-upload-command'] ?? '');
    return id === null ? this.begin(asked, command) : this.receive(asked, id, command);
  }

  private begin(asked: Asked, command: string): Reply {
    if (asked.headers['x-goog-upload-protocol'] !== 'resumable' || command !== 'start')
      throw new Complaint(400, 'Upload protocol must be resumable and begin with start.');
    const size = Number(asked.headers['x-goog-upload-header-content-length']);
    const mimeType = String(asked.headers['x-goog-upload-header-content-type'] ?? 'application/octet-stream');
    const file = (readJson(asked).file ?? {}) as Json;
    const id = idOf('u', this.uploads.size, file, size);
    this.uploads.set(id, {
      group: asked.group,
      size,
      mimeType,
      displayName: file.displayName as string | undefined,
      chunks: [],
    });
    // Google's address repeats the key when it came in the query; a gateway must not let that through.
    const key = asked.query.has('key') ? `key=${asked.key}&` : '';
    const url = `${asked.origin}${asked.path}?${key}upload_id=${id}&upload_protocol=resumable`;
    return json({}, 0, 200, {
      'x-goog-upload-url': url,
      'x-goog-upload-status': 'active',
      'x-goog-upload-chunk-granularity': '262144',
    });
  }

  private receive(asked: Asked, id: string, command: string): Reply {
    const upload = this.uploads.get(id);
    if (upload?.group !== asked.group) throw new Complaint(403, 'The upload belongs to another project.');
    const have = upload.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    if (Number(asked.headers['x-goog-upload-offset']) !== have)
      throw new Complaint(400, `Upload offset must be ${have}.`);
    upload.chunks.push(asked.body);
    if (!command.includes('finalize')) return json({}, 0, 200, { 'x-goog-upload-status': 'active' });
    const size = have + asked.body.length;
    if (size !== upload.size) throw new Complaint(400, `Expected ${upload.size} bytes, got ${size}.`);
    const name = `files/${idOf('f', id).slice(0, 13)}`;
    const uri = `https://generativelanguage.googleapis.com/v1beta/${name}`;
    const value = {
      name,
      displayName: upload.displayName,
      mimeType: upload.mimeType,
      sizeBytes: String(size),
      createTime: '2026-11-21T00:00:00Z',
      state: 'ACTIVE',
      uri,
    };
    this.kept.set(name, { group: asked.group, value });
    return json({ file: value }, 0, 200, { 'x-goog-upload-status': 'final' });
  }
}
