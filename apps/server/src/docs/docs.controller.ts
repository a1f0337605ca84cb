import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';

import { Public } from '@jiga/platform';

import { renderErrorsPage } from './errors-page.js';

@ApiTags('Operations')
@Public()
@Controller()
export class DocsController {
  @Get('errors')
  @Header('content-type', 'text/markdown; charset=utf-8')
  @ApiOperation({
    operationId: 'getErrorCodes',
    summary: 'Read what the error codes mean',
    description: 'The page that the `type` of a problem points at.',
  })
  @ApiOkResponse({
    description: 'A Markdown page.',
    content: { 'text/markdown': { schema: { type: 'string' }, example: '# Error codes' } },
  })
  errors(): string {
    return renderErrorsPage();
  }
}
