import type { HudFieldName } from '@jiga/contracts';

/** A place on the profile's canvas: `[x, y, width, height]` in canvas units. */
export type CanvasBox = readonly [x: number, y: number, width: number, height: number];

/**
 * What a region holds and how it is read.
 *  - `digits`: digits drawn one to a cell of fixed width, right-aligned
 *  - `text`: one line of text at a known place
 *  - `lines`: up to some lines of text, whose places depend on how many there are or on the size the game was drawn at
 *  - `fill`: a coloured area (a score box, an icon): only its colour counts
 *  - `tint`: a transparent colour over the scene below an edge: only its colour counts
 */
export type RegionKind = 'digits' | 'text' | 'lines' | 'fill' | 'tint';

/** One arrangement of a `lines` region. */
export interface LineLayout {
  readonly boxes: readonly CanvasBox[];
}

/** Lines whose height is a fixed number of pixels of the game's own picture, whatever its size. */
export interface PixelLines {
  readonly lineHeightPx: number;
  readonly lines: number;
  /** Heights in pixels that the game is commonly drawn at; the one that fits the picture is found out. */
  readonly renderHeights: readonly number[];
}

/** A colour by hue (degrees), saturation and brightness (0–1): a pixel within all ranges has it. Hue may wrap (350–10). */
export interface ColorRule {
  readonly name: string;
  readonly hue: readonly [from: number, to: number];
  readonly saturation: readonly [from: number, to: number];
  readonly value: readonly [from: number, to: number];
}

/** How `digits` are drawn: cells of one width, the last of them ending `margin` before the right edge of the box. */
export interface DigitCell {
  /** Canvas units. */
  readonly width: number;
  /** Canvas units; the box's own height when left out. Cells stand in the middle of the box's height. */
  readonly height?: number;
  readonly margin?: number;
  /**
   * What may stand in each cell when all are filled: `9` any digit, `5` one of 0–5, anything else itself. Cells on the
   * left may be empty, down to `least` glyphs. Left out: a whole number, perhaps with a minus.
   */
  readonly template?: string;
  readonly least?: number;
  /** Name of the glyph set that tells the digits apart. */
  readonly glyphs: string;
}

export interface RegionProfile {
  readonly name: string;
  readonly kind: RegionKind;
  readonly box: CanvasBox;
  /** Other places where the same thing is drawn when more stands above it; the first that reads well is kept. */
  readonly alternatives?: readonly CanvasBox[];
  readonly layouts?: readonly LineLayout[];
  readonly pixelLines?: PixelLines;
  readonly cell?: DigitCell;
  /** Characters that may stand here. */
  readonly characters?: string;
  /** What a reading must look like to be believed (a regular expression for the whole text). */
  readonly pattern?: string;
  /** A number outside is not believed. */
  readonly range?: readonly [min: number, max: number];
  /** Standard HUD field that the region feeds. */
  readonly field?: HudFieldName;
  /** Smaller is read first when time is short. */
  readonly priority: number;
  /** Largest mean brightness change of a block (0–255) that still counts as the same picture. */
  readonly gate: number;
  /** Letters lower than this in the picture are reported `unreadable`. Pixels. */
  readonly minGlyphPx?: number;
  /** Share of the box's height that the letters themselves take. */
  readonly glyphShare?: number;
  /** Readings below this are not believed. 0–1. */
  readonly minConfidence?: number;
  /** Distance of neighbouring letters where all are equally wide, in canvas units (`pixelLines`: in line heights). */
  readonly letterPitch?: number;
  /** Widens the picture before recognition by this factor, for narrow letters; else letters of the canvas get its shape. */
  readonly stretch?: number;
  /** Share of the height that is cut off above and below before recognition. */
  readonly insetY?: number;
  /** Where text is anchored in its box: `left` starts at the left edge, `right` ends at the right one. */
  readonly align?: 'left' | 'center' | 'right';
  /** Names of the colour rules that are tried here, in order of precedence. */
  readonly colors?: readonly string[];
  /** Whether a readable value here speaks for the game being this one, and how strongly. 0–1. */
  readonly evidence?: number;
  /** Read at most every so many milliseconds of the stream: for what seldom changes and is costly. */
  readonly everyMs?: number;
  /** Read only while another region had this outcome in its last reading. */
  readonly onlyWhile?: { readonly region: string; readonly outcome: 'read' | 'empty' | 'unreadable' };
}

/** All that recognition knows of a game. Pure data: a new game is a new profile. */
export interface GameProfile {
  readonly id: string;
  readonly name: string;
  /** The canvas is stretched over the whole frame in both axes, whatever the frame's shape. */
  readonly canvas: { readonly width: number; readonly height: number };
  readonly colors: readonly ColorRule[];
  readonly regions: readonly RegionProfile[];
}
