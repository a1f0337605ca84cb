// Draws terminal text with its colours as an SVG picture:
//   npm run --silent demo -- --color | node scripts/render-terminal.mjs [--columns N] [--rows FROM-TO] > docs/img/demo.svg
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { columns: { type: 'string', default: '120' }, rows: { type: 'string', default: '1-9999' } },
});
const columns = Number(values.columns);
const [firstRow, lastRow] = values.rows.split('-').map(Number);

const CELL = { width: 8.4, height: 20, font: 14 };
const PADDING = 20;
const BAR = 30;
const THEME = { back: '#14171f', bar: '#222734', text: '#d6dbe5', dim: '#7b8496' };
const COLOURS = {
  31: '#ff6b6b',
  32: '#5dd39e',
  33: '#ffd166',
  34: '#6ea8fe',
  35: '#d38cff',
  36: '#5ac8e8',
  37: THEME.text,
};

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const ESCAPE = `${String.fromCharCode(27)}\\[([\\d;]*)m`;
const SEQUENCE = new RegExp(`(${ESCAPE.replace('(', '(?:')})`);
const CODES = new RegExp(`^${ESCAPE}$`);

/** A line's runs of text, each with the attributes that `ESC[…m` sequences gave it. */
function runsOf(line) {
  const runs = [];
  const style = { bold: false, dim: false, colour: null };
  let column = 0;
  for (const part of line.split(SEQUENCE)) {
    const codes = CODES.exec(part)?.[1];
    if (codes === undefined) {
      const text = part.slice(0, columns - column);
      if (text !== '') runs.push({ ...style, text, column });
      column += text.length;
      continue;
    }
    for (const code of codes.split(';').map(Number)) {
      if (code === 0) Object.assign(style, { bold: false, dim: false, colour: null });
      else if (code === 1) style.bold = true;
      else if (code === 2) style.dim = true;
      else if (code === 22) Object.assign(style, { bold: false, dim: false });
      else if (code === 39) style.colour = null;
      else if (COLOURS[code]) style.colour = COLOURS[code];
    }
  }
  return runs;
}

const lines = readFileSync(0, 'utf8')
  .trimEnd()
  .split('\n')
  .slice(firstRow - 1, lastRow);
const width = Math.round(columns * CELL.width + 2 * PADDING);
const height = Math.round(lines.length * CELL.height + 2 * PADDING + BAR);
const rows = lines.flatMap((line, row) =>
  runsOf(line).map(({ text, column, bold, dim, colour }) => {
    const x = (PADDING + column * CELL.width).toFixed(1);
    const y = BAR + PADDING + (row + 0.75) * CELL.height;
    const weight = bold ? ' font-weight="bold"' : '';
    const length = (text.length * CELL.width).toFixed(1);
    const fit = text.trim() === '' ? '' : ` textLength="${length}" lengthAdjust="spacingAndGlyphs"`;
    return `<text x="${x}" y="${y}" fill="${colour ?? (dim ? THEME.dim : THEME.text)}"${weight}${fit}>${escape(text)}</text>`;
  }),
);
const dots = ['#ff5f57', '#febc2e', '#28c840'].map(
  (fill, i) => `<circle cx="${20 + i * 20}" cy="15" r="6" fill="${fill}"/>`,
);

process.stdout.write(
  [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="${width}" height="${height}" rx="10" fill="${THEME.back}"/>`,
    `<path d="M0 ${BAR}V10a10 10 0 0 1 10-10H${width - 10}a10 10 0 0 1 10 10V${BAR}z" fill="${THEME.bar}"/>`,
    ...dots,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${CELL.font}" xml:space="preserve">`,
    ...rows,
    '</g></svg>',
    '',
  ].join('\n'),
);
