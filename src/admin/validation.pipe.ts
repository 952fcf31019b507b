import { Injectable, type ValidationError, ValidationPipe } from '@nestjs/common';
import { KeywheelError } from '../kernel/errors.js';

/** Checks bodies, queries and parameters against their classes; unknown fields are faults, all faults are told. */
@Injectable()
export class StrictValidationPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      // Values stay out of what might be logged: one of them may be a secret.
      validationError: { target: false, value: false },
      exceptionFactory: (errors) => validationFailed(errors),
    });
  }
}

function validationFailed(errors: readonly ValidationError[]): KeywheelError {
  const faults = errors.flatMap((error) => faultsOf(error, ''));
  const detail = faults.map(({ message }) => message).join('; ');
  return new KeywheelError('validation_failed', detail.slice(0, 1_000) || 'The request is not valid.', {
    faults,
  });
}

function faultsOf(error: ValidationError, parent: string): { path: string; message: string }[] {
  const path = parent === '' ? error.property : `${parent}.${error.property}`;
  const own = Object.values(error.constraints ?? {}).map((message) => ({ path, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => faultsOf(child, path))];
}
