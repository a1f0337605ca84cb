/** ffmpeg's input options for a local file: whatever the name looks like, no other protocol is opened. */
export const fileInput = (file: string): string[] => ['-protocol_whitelist', 'file', '-i', `file:${file}`];
