export const $ = (id) => document.getElementById(id);

/** An element with these children; text stays text, whatever a player's name holds. */
export function element(tag, ...children) {
  const made = document.createElement(tag);
  made.append(...children);
  return made;
}

export function showError(error) {
  $('message').textContent = error?.message ?? '';
  $('message').hidden = !error;
}

const SHOWN = 200;

/** Adds an entry at the top and returns it; the oldest go. */
export function add(list, className, ...parts) {
  const item = element('li', ...parts);
  item.className = className;
  $(list).prepend(item);
  if ($(list).childElementCount > SHOWN) $(list).lastElementChild.remove();
  return item;
}
