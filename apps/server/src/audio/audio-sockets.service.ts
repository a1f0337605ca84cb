import { Inject, Injectable } from '@nestjs/common';

import { AUDIO_ENGINES } from '@jiga/audio';
import type { AudioEngines } from '@jiga/audio';
import { AppError, CLOCK, unixSeconds } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';
import { EventBus } from '@jiga/platform';
import type { Connection } from '@jiga/platform';
import type { LiveSession } from '@jiga/sessions';

import { AudioConnection, type AudioRole } from './audio.connection.js';
import { SessionVoices } from './session-voices.service.js';

/** The audio sockets of every live session. */
@Injectable()
export class AudioSockets {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(AUDIO_ENGINES) private readonly engines: AudioEngines,
    @Inject(SessionVoices) private readonly voices: SessionVoices,
  ) {}

  /**
   * Puts a connection on a session and greets it. Throws AppError `voice_chat_off`, `session_closed`, `socket_limit`.
   * @param isOwn the server's own connection, which is no client's
   */
  attach(connection: Connection, session: LiveSession, role: AudioRole, isOwn: boolean): AudioConnection {
    if (!session.configuration.voice_chat_enabled) throw new AppError('voice_chat_off');
    const voice = this.voices.of(session);
    const audio = new AudioConnection({
      connection,
      session,
      voice,
      engines: this.engines,
      role,
      clock: this.clock,
      bus: this.bus,
      onClosed: (closed) => {
        detach();
        voice.listeners.delete(closed);
        if (!isOwn) this.#tell('session.socket_closed', session, connection);
      },
    });
    const detach = this.#attach(session, audio, isOwn);
    voice.listeners.add(audio);
    audio.welcome();
    if (!isOwn) this.#tell('session.socket_opened', session, connection);
    connection.start(audio);
    return audio;
  }

  #attach(session: LiveSession, audio: AudioConnection, isOwn: boolean): () => void {
    try {
      return isOwn ? session.attach(audio) : session.attachSocket(audio);
    } catch (error) {
      audio.onDrain();
      throw error;
    }
  }

  #tell(fact: 'session.socket_opened' | 'session.socket_closed', { id: sessionId }: LiveSession, { id }: Connection) {
    this.bus.publish(fact, { sessionId, at: unixSeconds(this.clock), socket: 'audio/stream', connectionId: id });
  }
}
