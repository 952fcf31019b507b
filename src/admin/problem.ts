import { HttpException } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ERRORS, type ErrorCode, KeywheelError, toKeywheelError } from '../kernel/errors.js';
import type { ProblemDetails } from '../kernel/problem.js';

export class Fault {
  @ApiProperty({ description: 'The field at fault', example: 'limits.rpm' })
  path: string;

  @ApiProperty({ example: 'rpm must not be less than 1' })
  message: string;
}

/** How the control plane reports a failure, for the OpenAPI document. */
export class Problem implements ProblemDetails {
  @ApiProperty({ example: 'urn:keywheel:problem:not_found' })
  type: string;

  @ApiProperty({ example: 'Not found' })
  title: string;

  @ApiProperty({ type: 'integer', minimum: 400, maximum: 599 })
  status: number;

  @ApiProperty({ description: 'What went wrong this time, for a person' })
  detail: string;

  @ApiProperty({ description: 'Path of the request', example: '/api/admin/tokens' })
  instance: string;

  @ApiProperty({ description: 'Stable machine code', enum: Object.keys(ERRORS), enumName: 'ErrorCode' })
  keywheel_code: ErrorCode;

  @ApiProperty({ description: 'Also in the header `x-request-id`' })
  request_id: string;

  @ApiPropertyOptional({ type: [Fault], description: 'Every field at fault' })
  errors?: Fault[];
}

const CODE_BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'bad_request',
  401: 'invalid_token',
  403: 'forbidden',
  404: 'unknown_path',
  405: 'method_not_allowed',
  408: 'request_timeout',
  409: 'conflict',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  503: 'unavailable',
};

/** What the framework threw, in our words; its own statuses without a code of ours become 400 or 500. */
export function errorOf(thrown: unknown): KeywheelError {
  if (!(thrown instanceof HttpException)) return toKeywheelError(thrown);
  const status = thrown.getStatus();
  if (status >= 500 && status !== 503) return toKeywheelError(thrown);
  return new KeywheelError(CODE_BY_STATUS[status] ?? 'bad_request', thrown.message, { cause: thrown });
}
