import { isFields } from '../../conversation/fields.js';

type Container = Record<string | number, unknown>;

/** A provider cannot make this process hold more than so many elements of one list. */
const LONGEST_LIST = 10_000;
const DEEPEST = 100;

/**
 * Arguments of a call that come bit by bit, each with the JSONPath of the value that it is or continues
 * (`streamFunctionCallArguments`, on Vertex).
 * https://docs.cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling#streaming-fc
 */
export class PartialArgs {
  private readonly root: Container = {};

  add(list: unknown): void {
    if (!Array.isArray(list)) return;
    for (const arg of list as unknown[]) {
      if (!isFields(arg) || typeof arg.jsonPath !== 'string') continue;
      const value = valueOf(arg);
      const path = stepsOf(arg.jsonPath);
      if (path) this.put(path, value, arg.jsonPath.endsWith('[]'));
    }
  }

  get json(): string {
    return JSON.stringify(this.root);
  }

  private put(path: readonly (string | number)[], value: unknown, list: boolean): void {
    let here = this.root;
    for (const [at, step] of path.slice(0, -1).entries()) {
      const next = own(here, step) ?? (typeof path[at + 1] === 'number' ? [] : {});
      if (typeof next !== 'object' || !define(here, step, next)) return;
      here = next as Container;
    }
    const last = path.at(-1)!;
    const before = own(here, last);
    if (value === undefined) {
      // Without a value it ends a text or a list, or is an empty one or an empty object.
      if (before === undefined) define(here, last, list ? [] : {});
    } else {
      define(here, last, typeof before === 'string' && typeof value === 'string' ? before + value : value);
    }
  }
}

function valueOf(arg: Readonly<Record<string, unknown>>): unknown {
  if (typeof arg.stringValue === 'string') return arg.stringValue;
  if (typeof arg.numberValue === 'number') return arg.numberValue;
  if (typeof arg.boolValue === 'boolean') return arg.boolValue;
  return 'nullValue' in arg ? null : undefined;
}

/** `$.a.b[0]['c.d']` in steps; undefined where it is no such path, or the root. */
function stepsOf(path: string): readonly (string | number)[] | undefined {
  const steps: (string | number)[] = [];
  const STEP = /\.([^.[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]|\[\]$/y;
  STEP.lastIndex = path.startsWith('$') ? 1 : 0;
  const whole = path.startsWith('$') ? path : `.${path}`;
  while (STEP.lastIndex < whole.length) {
    const found = STEP.exec(whole);
    if (!found) return undefined;
    const [, name, index, single, double] = found;
    if (index !== undefined) steps.push(Number(index));
    else if (name !== undefined) steps.push(name);
    else if (single !== undefined || double !== undefined)
      steps.push((single ?? double)!.replace(/\\(.)/g, '$1'));
  }
  return steps.length > 0 && steps.length <= DEEPEST ? steps : undefined;
}

function own(container: Container, step: string | number): unknown {
  return Object.hasOwn(container, step) ? container[step] : undefined;
}

/** Lists have no holes: an element is one of those there are, or the next. */
function define(container: Container, step: string | number, value: unknown): boolean {
  if (
    Array.isArray(container) &&
    (typeof step !== 'number' || step > container.length || step > LONGEST_LIST)
  ) {
    return false;
  }
  Object.defineProperty(container, step, { value, enumerable: true, configurable: true, writable: true });
  return true;
}
