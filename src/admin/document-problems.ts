import { getSchemaPath, type OpenAPIObject } from '@nestjs/swagger';
import { ROLE_EXTENSION } from './needs-role.js';
import { Problem } from './problem.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  400: 'The request is not valid; `errors` lists every fault',
  401: 'No credential, or one that is not good',
  403: 'The role is too low',
  404: 'Nothing has this name or id',
  413: 'The body is too large',
  415: 'The body has another media type',
  429: 'Too many wrong credentials from this address; see `Retry-After`',
  default: 'Any other failure',
};

/** Adds to every operation how it fails and which role it needs, which the guard and filter do for all alike. */
export function documentProblems(document: OpenAPIObject): void {
  for (const item of Object.values(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation) complete(operation, method);
    }
  }
}

function complete(operation: Operation, method: string): void {
  const extensible = operation as Operation & Record<string, unknown>;
  const role = (extensible[ROLE_EXTENSION] as string | undefined) ?? (method === 'get' ? 'viewer' : 'admin');
  extensible[ROLE_EXTENSION] = role;
  if (role === 'none') operation.security = [];
  const needs = role === 'none' ? 'Needs no credential.' : `Needs the role \`${role}\`.`;
  operation.description = operation.description ? `${operation.description}\n\n${needs}` : needs;
  const answer = {
    content: { 'application/problem+json': { schema: { $ref: getSchemaPath(Problem) } } },
  };
  for (const status of failuresOf(operation, role)) {
    const known = operation.responses[status];
    operation.responses[status] = { description: DESCRIPTIONS[status] as string, ...known, ...answer };
  }
}

function failuresOf(operation: Operation, role: string): string[] {
  const parameters = (operation.parameters ?? []) as { in?: string }[];
  const failures = ['default'];
  if (operation.requestBody || parameters.length > 0) failures.push('400');
  if (operation.requestBody) failures.push('413', '415');
  if (parameters.some((parameter) => parameter.in === 'path')) failures.push('404');
  if (role !== 'none') failures.push('401', '403', '429');
  return failures;
}
