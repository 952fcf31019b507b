import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength, MinLength } from 'class-validator';
import { ApiTime } from '../../admin/times.js';
import { type Role, ROLES } from '../access-token.js';

export class LoginBody {
  @ApiProperty({
    description: 'The admin token, or an access token with a role',
    minLength: 1,
    maxLength: 500,
  })
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  token: string;
}

export class ActorView {
  @ApiProperty({ description: 'Id of the access token, or `ADMIN_TOKEN`' })
  id: string;

  @ApiProperty()
  name: string;

  @ApiProperty({ enum: ROLES, enumName: 'Role' })
  role: Role;
}

export class SessionView extends ActorView {
  @ApiTime('When the cookie stops being good')
  expiresAt: string;
}
