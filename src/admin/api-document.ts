import { Injectable } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

interface PathMethods {
  readonly pattern: RegExp;
  readonly methods: readonly string[];
}

/** The OpenAPI document of this application, built when first asked for. */
@Injectable()
export class ApiDocument {
  #build: (() => OpenAPIObject) | undefined;
  #document: OpenAPIObject | undefined;
  #paths: readonly PathMethods[] | undefined;

  /** The application itself is not injectable: whoever makes it hands in how to describe it. */
  describeBy(build: () => OpenAPIObject): void {
    this.#build = build;
  }

  get(): OpenAPIObject | undefined {
    return (this.#document ??= this.#build?.());
  }

  /** The documented methods of a path, in upper case; empty for a path that is not known. */
  methodsOf(path: string): readonly string[] {
    this.#paths ??= Object.entries(this.get()?.paths ?? {}).map(([template, item]) => ({
      pattern: patternOf(template),
      methods: METHODS.filter((method) => item[method]).map((method) => method.toUpperCase()),
    }));
    const matching = this.#paths.filter(({ pattern }) => pattern.test(path));
    return [...new Set(matching.flatMap(({ methods }) => methods))];
  }
}

function patternOf(template: string): RegExp {
  const parts = template.split(/\{[^}]+\}/).map((part) => part.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/]+')}/?$`, 'i');
}
