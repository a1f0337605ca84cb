import type { ControlAction } from '../understanding/intent.js';
import type { Sayings, Standing } from './sayings.js';

const TOPICS: Readonly<Record<string, string>> = {
  score: 'le score',
  time_left: 'le chrono',
  location: 'où tu es',
  health: 'ta vie',
  armor: 'ton armure',
  ammo: 'tes munitions',
  weapon: 'ton arme',
  rank: 'ta place',
  lap: 'le tour',
  money: 'ton argent',
  flag: 'les drapeaux',
  enemies_left: 'combien sont en vie',
  team: 'ton équipe',
  map: 'la carte',
  mode: 'le mode de jeu',
  performance: 'comment tu joues',
  advice: 'assez pour te conseiller',
};
const VALUES: Readonly<Record<string, (value: string) => string>> = {
  health: (value) => `Tu as ${value} points de vie`,
  armor: (value) => `Tu as ${value} d'armure`,
  ammo: (value) => `Il te reste ${value} munitions`,
  weapon: (value) => `Ton arme : ${value}`,
  rank: (value) => `Tu es à la place ${value}`,
  lap: (value) => `Tu es au tour ${value}`,
  money: (value) => `Tu as ${value} d'argent`,
};
const DONE: Readonly<Record<ControlAction, string>> = {
  mute: 'Je me tais. Dis : tu peux parler, pour que je revienne.',
  unmute: 'Je suis de retour.',
  only_urgent: "Seulement l'urgent maintenant.",
  all_callouts: 'Je te dirai tout.',
  repeat: '',
  stop: '',
  slower: 'Plus lentement.',
  faster: 'Plus vite.',
  louder: 'Plus fort.',
  quieter: 'Moins fort.',
};
const COLOURS: Readonly<Record<string, string>> = {
  red: 'rouge',
  blue: 'bleu',
  green: 'vert',
  yellow: 'jaune',
  left: 'gauche',
  right: 'droite',
};

const colour = (name: string): string => COLOURS[name] ?? name;
const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count < 2 ? one : many}`;
const title = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function span(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / 60), Math.round(seconds % 60)];
  if (minutes === 0) return plural(rest, 'seconde');
  return rest === 0 ? plural(minutes, 'minute') : `${plural(minutes, 'minute')} ${rest}`;
}
const ago = (seconds: number): string => (seconds < 2 ? "à l'instant" : `il y a ${span(Math.round(seconds))}`);
const withAge = (text: string, age: string): string => `${text}${age === '' ? '' : `, ${age}`}.`;

function standingText({ sides, own }: Standing): string {
  const points = title(sides.map((side) => `${colour(side.name)} ${side.points}`).join(', '));
  if (!own) return points;
  if (own.lead === 0) return `${points}, égalité`;
  return `${points}, tu ${own.lead > 0 ? 'mènes' : 'es mené'} de ${Math.abs(own.lead)}`;
}

const FLAG_VERBS = { taken: 'a pris', captured: 'a capturé', returned: 'a ramené' } as const;

export const SAYINGS_FR: Sayings = {
  standing: (standing, age) => withAge(standingText(standing), age),
  points: (points, age) => withAge(`Tu as ${plural(points, 'point')}`, age),
  timeLeft: (seconds, isEstimate) => `Il reste ${isEstimate ? 'environ ' : ''}${span(seconds)}.`,
  clockUp: (seconds, age) =>
    `${withAge(`Le chrono est à ${span(seconds)}`, age)} Il monte, je ne vois donc pas ce qui reste.`,
  clock: (seconds, age) => withAge(`Le chrono montre ${span(seconds)}`, age),
  location: (place, age) => withAge(`Tu es à ${place}`, age),
  onlyMap: (map) => `Tu es sur ${map}, mais je ne vois pas où exactement.`,
  killedBy: (killer, weapon, agoS) => `${killer}${weapon ? ` avec ${weapon}` : ''}, ${ago(agoS)}.`,
  diedOf: (weapon, agoS) => `Personne : c'était ${weapon}, ${ago(agoS)}.`,
  diedUnseen: (agoS) => `Tu es mort ${ago(agoS)}, mais je n'ai pas vu qui t'a tué.`,
  neverDied: () => `Je ne t'ai pas vu mourir.`,
  tally: (kills, deaths) => `J'ai vu ${plural(kills, 'élimination')} et ${plural(deaths, 'mort')} à toi.`,
  advice: (text, reason) => `${text}. ${reason}.`,
  calm: (situation) => (situation === null ? "Rien d'urgent. Continue." : `${situation}. Rien d'urgent.`),
  value: (topic, value, age) => withAge(VALUES[topic]?.(value) ?? `${title(topic)} : ${value}`, age),
  alive: (left, right, age) => withAge(`${left} contre ${right}`, age),
  flag: (what, player, flag, agoS) =>
    `${player ?? "Quelqu'un"} ${FLAG_VERBS[what]} le drapeau${flag ? ` ${colour(flag)}` : ''} ${ago(agoS)}.`,
  event: (kind, killer, victim, agoS) =>
    kind === 'kill' && victim !== null
      ? `${killer === null || killer === victim ? `${victim} est mort` : `${killer} a tué ${victim}`} ${ago(agoS)}.`
      : `${title(kind.replace(/[._]/g, ' '))} ${ago(agoS)}.`,
  quiet: () => "Rien ne s'est passé que je puisse voir.",
  team: (team) => `Tu es dans l'équipe ${colour(team)}.`,
  map: (map) => `C'est ${map}.`,
  mode: (mode, game) => `${title(mode)}${game === null ? '' : ` dans ${game}`}.`,
  nothingSeen: () => `Je ne vois pas le jeu en ce moment.`,
  cannotSee: (topic) => `Je ne vois pas ${TOPICS[topic] ?? 'cela'} en ce moment.`,
  help: () =>
    "Demande le score, combien de temps il reste, où tu es, qui t'a tué, ou que faire. Dis : ennemi au milieu, ou besoin de renfort. Dis : silence, seulement l'urgent, ou répète.",
  done: (action) => DONE[action],
  nothingToRepeat: () => `Je n'ai encore rien dit.`,
  sent: (text, reached) =>
    reached > 1 ? `Envoyé : ${text}.` : `Envoyé, mais personne d'autre de ton équipe n'est là.`,
  noTeam: () => "Tu n'es dans aucune équipe, personne ne l'entendrait.",
  teamMessagingOff: () => "Les messages d'équipe sont désactivés.",
  notSent: () => "Le message n'a pas pu être envoyé.",
  notUnderstood: () => `Je n'ai pas compris.`,
  age: (seconds) => `il y a ${span(Math.round(seconds))}`,
};
