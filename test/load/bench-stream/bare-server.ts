// The limit that a server in Node can reach: takes each frame as JSON, decodes its base64, and answers, nothing else.
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket) => {
  let seq = 0;
  socket.on('message', (data: Buffer, isBinary) => {
    const bytes = isBinary
      ? data.subarray(4 + data.readUInt32BE(0))
      : Buffer.from((JSON.parse(data.toString()) as { frame_data: string }).frame_data, 'base64');
    const answer = { type: 'direct_video_analysis_result', data: { bytes: bytes.length }, seq: ++seq };
    socket.send(JSON.stringify({ ...answer, timestamp: Date.now() / 1000 }));
  });
});
server.on('listening', () => process.send?.(server.address()));
process.on('disconnect', () => process.exit());
