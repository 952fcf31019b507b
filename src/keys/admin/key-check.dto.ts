import { ApiProperty } from '@nestjs/swagger';
import { KEY_STATUSES, type KeyStatus } from '../live/live-status.js';

export class CheckVerdict {
  @ApiProperty({
    enum: ['none', 'caller', 'key', 'quota', 'setup', 'upstream', 'unknown'],
    description: '`none`: the key is good',
  })
  blame: string;

  @ApiProperty({ example: 'ok' })
  reason: string;
}

export class KeyCheckResult {
  @ApiProperty({ enum: KEY_STATUSES, enumName: 'KeyStatus', description: 'Of the key, after the check' })
  status: KeyStatus;

  @ApiProperty({ type: CheckVerdict })
  verdict: CheckVerdict;

  @ApiProperty({ type: 'integer', nullable: true, description: 'What the upstream answered, where it did' })
  httpStatus: number | null;

  @ApiProperty({ type: String, nullable: true })
  detail: string | null;

  @ApiProperty({ format: 'date-time' })
  checkedAt: string;
}

export class RevealedKey {
  @ApiProperty()
  id: string;

  @ApiProperty({ description: 'The secret' })
  key: string;
}
