// Typed questions over the session's audio socket, and the answers.
import { connect } from './api.js';
import { $, add } from './page.js';

/** Takes questions about a session until the function that is returned is called. */
export function talk({ session_id: id, configuration }) {
  const over = new AbortController();
  let audio = null;
  let question = null;
  let answering = null;
  let asked = 0;

  const send = () => {
    if (!question || !audio.send({ type: 'text_input', text: question, request_id: `q${++asked}` })) return;
    add('answers', '', `You: ${question}`);
    question = null;
  };
  const onMessage = (message) => {
    if (message.type === 'error') add('answers', 'urgent', message.message);
    else if (message.type === 'connected') send();
    else if (message.type === 'voice_response' && message.text) {
      // An answer comes in pieces.
      if (answering?.id === message.response_id) answering.item.append(` ${message.text}`);
      else answering = { id: message.response_id, item: add('answers', '', `JIGA: ${message.text}`) };
    }
  };
  const onState = (state) => {
    if (state !== 'connected' && state !== 'reconnecting') audio = null;
  };
  const ask = (event) => {
    event.preventDefault();
    question = $('question').value.trim();
    $('question').value = '';
    // The socket is opened for the first question, which then waits for the welcome.
    if (audio) send();
    else audio = connect(`sessions/${id}/audio/stream`, { onMessage, onState });
  };

  $('ask-form').hidden = !configuration.voice_chat_enabled;
  $('ask-form').addEventListener('submit', ask, { signal: over.signal });
  return () => {
    over.abort();
    audio?.close();
  };
}
