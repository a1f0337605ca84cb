import type { ControlAction } from '../understanding/intent.js';
import type { Sayings, Standing } from './sayings.js';

const TOPICS: Readonly<Record<string, string>> = {
  score: 'the score',
  time_left: 'the clock',
  location: 'where you are',
  health: 'your health',
  armor: 'your armor',
  ammo: 'your ammo',
  weapon: 'your weapon',
  rank: 'your place',
  lap: 'the lap',
  money: 'your money',
  flag: 'the flags',
  enemies_left: 'how many are alive',
  team: 'your team',
  map: 'the map',
  mode: 'the game mode',
  performance: 'how you are doing',
  advice: 'enough to advise you',
};
const VALUES: Readonly<Record<string, (value: string) => string>> = {
  health: (value) => `Your health is ${value}`,
  armor: (value) => `Your armor is ${value}`,
  ammo: (value) => `You have ${value} rounds left`,
  weapon: (value) => `You hold the ${value}`,
  rank: (value) => `You are in place ${value}`,
  lap: (value) => `You are on lap ${value}`,
  money: (value) => `You have ${value} in money`,
};
const DONE: Readonly<Record<ControlAction, string>> = {
  mute: 'Muted. Say talk to me when you want me back.',
  unmute: 'I am back.',
  only_urgent: 'Only urgent things from now on.',
  all_callouts: 'I will tell you everything.',
  repeat: '',
  stop: '',
  slower: 'Slower now.',
  faster: 'Faster now.',
  louder: 'Louder now.',
  quieter: 'Quieter now.',
};

const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
const title = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A span as it is spoken: `1 minute 20`, `45 seconds`, `2 minutes`. */
function span(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / 60), Math.round(seconds % 60)];
  if (minutes === 0) return plural(rest, 'second');
  return rest === 0 ? plural(minutes, 'minute') : `${plural(minutes, 'minute')} ${rest}`;
}
const ago = (seconds: number): string => (seconds < 2 ? 'just now' : `${span(Math.round(seconds))} ago`);
const withAge = (text: string, age: string): string => `${text}${age === '' ? '' : `, ${age}`}.`;

function standingText({ sides, own }: Standing): string {
  const points = title(sides.map((side) => `${side.name} ${side.points}`).join(', '));
  if (!own) return points;
  if (own.lead === 0) return `${points}, it is level`;
  return `${points}, you ${own.lead > 0 ? 'lead' : 'are behind'} by ${Math.abs(own.lead)}`;
}

export const SAYINGS_EN: Sayings = {
  standing: (standing, age) => withAge(standingText(standing), age),
  points: (points, age) => withAge(`You have ${plural(points, 'point')}`, age),
  timeLeft: (seconds, isEstimate) => `${isEstimate ? 'About ' : ''}${span(seconds)} left.`,
  clockUp: (seconds, age) =>
    `${withAge(`The clock is at ${span(seconds)}`, age)} It counts up, so I can't see how long is left.`,
  clock: (seconds, age) => withAge(`The clock shows ${span(seconds)}`, age),
  location: (place, age) => withAge(`You are at ${place}`, age),
  onlyMap: (map) => `You are on ${map}, but I can't see where exactly.`,
  killedBy: (killer, weapon, agoS) => `${killer}${weapon ? ` with the ${weapon}` : ''}, ${ago(agoS)}.`,
  diedOf: (weapon, agoS) => `Nobody: it was the ${weapon}, ${ago(agoS)}.`,
  diedUnseen: (agoS) => `You died ${ago(agoS)}, but I couldn't see who did it.`,
  neverDied: () => `I haven't seen you die.`,
  tally: (kills, deaths) => `I have seen ${plural(kills, 'kill')} and ${plural(deaths, 'death')} of yours.`,
  advice: (text, reason) => `${text}. ${reason}.`,
  calm: (situation) => (situation === null ? 'Nothing urgent. Carry on.' : `${situation}. Nothing urgent.`),
  value: (topic, value, age) => withAge(VALUES[topic]?.(value) ?? `${title(topic)}: ${value}`, age),
  alive: (left, right, age) => withAge(`${left} against ${right}`, age),
  flag: (what, player, flag, agoS) =>
    `${player ?? 'Somebody'} ${what === 'taken' ? 'took' : what} the ${flag ? `${flag} ` : ''}flag ${ago(agoS)}.`,
  event: (kind, killer, victim, agoS) =>
    kind === 'kill' && victim !== null
      ? `${killer === null || killer === victim ? `${victim} died` : `${killer} killed ${victim}`} ${ago(agoS)}.`
      : `${title(kind.replace(/[._]/g, ' '))} ${ago(agoS)}.`,
  quiet: () => 'Nothing has happened that I could see.',
  team: (team) => `You are on the ${team} team.`,
  map: (map) => `This is ${map}.`,
  mode: (mode, game) => `${title(mode)}${game === null ? '' : ` in ${game}`}.`,
  nothingSeen: () => `I can't see the game right now.`,
  cannotSee: (topic) => `I can't see ${TOPICS[topic] ?? 'that'} right now.`,
  help: () =>
    "Ask me what's the score, how long left, where am I, who killed me, or what should I do. Tell me enemy at A site, or need backup. Say mute, only urgent, or repeat.",
  done: (action) => DONE[action],
  nothingToRepeat: () => `I haven't said anything yet.`,
  sent: (text, reached) => (reached > 1 ? `Sent: ${text}.` : `Sent, but nobody else of your team is here.`),
  noTeam: () => 'You are in no team, so nobody would hear it.',
  teamMessagingOff: () => 'Team messages are turned off.',
  notSent: () => 'The message could not be sent.',
  notUnderstood: () => `I didn't get that.`,
  age: (seconds) => `${span(Math.round(seconds))} ago`,
};
