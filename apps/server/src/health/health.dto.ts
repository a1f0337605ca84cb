import { ApiProperty } from '@nestjs/swagger';

export class LiveDto {
  @ApiProperty({ description: 'The process answers.', enum: ['ok'], example: 'ok' })
  status!: 'ok';
}

export class ReadyDto {
  @ApiProperty({ description: 'Whether the server takes work.', enum: ['ready', 'not_ready'], example: 'ready' })
  status!: 'ready' | 'not_ready';

  @ApiProperty({
    description: 'Each thing that the server needs: `ok`, or what is missing.',
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { draining: 'ok', storage: 'ok', vision: 'ok' },
  })
  checks!: Record<string, string>;
}
