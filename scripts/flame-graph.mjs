// Draws a CPU profile of Node (`--cpu-prof`) as a flame graph: `node scripts/flame-graph.mjs IN.cpuprofile OUT.svg [FRAME]`.
// With FRAME only what runs below functions of that name is drawn. Calls too short to be seen are left out,
// and so is the loading of modules.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';

const [input, output, below] = process.argv.slice(2);
if (!input || !output) throw new Error('node scripts/flame-graph.mjs IN.cpuprofile OUT.svg [FRAME]');
const WIDTH = 1200;
const ROW = 15;
const LEAST_PX = 1.5;
const LOADING = /^node:internal\/(modules|bootstrap|process\/esm)/;

const profile = JSON.parse(readFileSync(input, 'utf8'));
const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
const selfUs = new Map();
profile.samples.forEach((id, at) => selfUs.set(id, (selfUs.get(id) ?? 0) + (profile.timeDeltas[at] ?? 0)));

const label = ({ functionName, url, lineNumber }) =>
  `${functionName || '(anonymous)'}${url ? ` ${basename(url.split('?')[0])}:${lineNumber + 1}` : ''}`;

/** Adds a node and what it calls to `into`; calls of the same function become one. */
function merge(id, into) {
  const node = nodes.get(id);
  const name = label(node.callFrame);
  if (name === '(idle)' || name === '(program)' || LOADING.test(node.callFrame.url)) return 0;
  let frame = into.get(name);
  if (!frame) into.set(name, (frame = { us: 0, calls: new Map() }));
  let us = selfUs.get(id) ?? 0;
  for (const child of node.children ?? []) us += merge(child, frame.calls);
  frame.us += us;
  return us;
}

const roots = new Map();
if (below) {
  const inside = new Set();
  for (const node of profile.nodes) {
    if (inside.has(node.id)) for (const child of node.children ?? []) inside.add(child);
    if (inside.has(node.id) || node.callFrame.functionName !== below) continue;
    for (const child of node.children ?? []) inside.add(child);
    merge(node.id, roots);
  }
} else for (const child of profile.nodes[0].children ?? []) merge(child, roots);

const total = [...roots.values()].reduce((sum, { us }) => sum + us, 0);
const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const bars = [];
let deepest = 0;
function draw(calls, left, depth) {
  let x = left;
  for (const [name, { us, calls: inner }] of [...calls].sort(([, a], [, b]) => b.us - a.us)) {
    const width = (us / total) * WIDTH;
    if (width < LEAST_PX) break;
    deepest = Math.max(deepest, depth);
    const share = ((us / total) * 100).toFixed(1);
    const hue = 20 + ([...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 35);
    const shown = width > 40 ? name.slice(0, Math.floor(width / 6)) : '';
    const at = `x="${x.toFixed(1)}" y="${depth * ROW}"`;
    const text = shown && `<text x="${(x + 3).toFixed(1)}" y="${depth * ROW + 11}">${escape(shown)}</text>`;
    bars.push(
      `<g><title>${escape(name)} ${share} %</title><rect ${at} width="${width.toFixed(1)}" height="${ROW - 1}" fill="hsl(${hue} 80% 66%)"/>${text}</g>`,
    );
    draw(inner, x, depth + 1);
    x += width;
  }
}
draw(roots, 0, 0);
const height = (deepest + 1) * ROW;
const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="monospace" font-size="10">\n${bars.join('\n')}\n</svg>\n`;
writeFileSync(output, svg);
console.log(
  `${output}: ${(total / 1000).toFixed(0)} ms drawn, ${bars.length} bars, ${Math.round(svg.length / 1024)} KB`,
);
