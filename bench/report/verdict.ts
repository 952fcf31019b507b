import type { Finding } from './section.ts';

export function verdictOn({ met }: Finding): string {
  return met === undefined ? 'cannot be told here' : met ? 'met' : '**not met**';
}
