import { Module } from '@nestjs/common';

import { SessionsModule } from '@jiga/sessions';

import { TeamMessageStore } from './team-message.store.js';
import { TeamMessagesController } from './team-messages.controller.js';
import { TeamMessages } from './team-messages.service.js';

@Module({
  imports: [SessionsModule],
  controllers: [TeamMessagesController],
  providers: [TeamMessages, TeamMessageStore],
  exports: [TeamMessages],
})
export class TeamMessagesModule {}
