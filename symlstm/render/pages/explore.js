"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const at = (id) => document.getElementById(id);

const FUNCTIONS = {
  "+": (x) => x.reduce((a, b) => a + b),
  "*": (x) => x.reduce((a, b) => a * b),
  sigmoid: ([x]) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  tanh: ([x]) => Math.tanh(x),
  exp: ([x]) => Math.exp(x),
  max: (x) => Math.max(...x),
  min: (x) => Math.min(...x),
  relu: ([x]) => Math.max(x, 0),
  step: ([x]) => (x >= 0 ? 1 : 0),
  hardsigmoid: ([x]) => Math.min(Math.max(x + 3, 0), 6) / 6,
  hardtanh: ([x]) => Math.min(Math.max(x, -1), 1),
};

/** The value of every name of the program, from values of its inputs. */
function run(inputs) {
  const values = [];
  for (const [operator, ...rest] of data.operations) {
    if (operator === "number") values.push(rest[0]);
    else if (operator === "input") values.push(inputs[rest[0]]);
    else if (operator === "power") values.push(values[rest[0]] ** rest[1]);
    else values.push(FUNCTIONS[operator](rest.map((place) => values[place])));
  }
  const named = {};
  for (const [name, place] of Object.entries(data.names)) named[name] = values[place];
  return named;
}

/** Exact rationals, as [numerator, denominator]. */
const gcd = (a, b) => (b ? gcd(b, a % b) : a < 0n ? -a : a);
const rational = (text) => { const [p, q] = text.split("/"); return [BigInt(p), BigInt(q || 1)]; };
const sum = ([a, b], [c, d]) => { const [p, q] = [a * d + c * b, b * d]; const g = gcd(p, q); return [p / g, q / g]; };
const product = ([a, b], [c, d]) => [a * c, b * d];
const number = ([p, q]) => Number(p) / Number(q);
const evaluate = (form, registers) => form.terms.reduce(
  (total, [j, c]) => sum(total, product(registers[j], rational(c))), rational(form.constant));

const RELATIONS = {
  "<": (s) => s < 0, "<=": (s) => s <= 0, "=": (s) => s === 0, "!=": (s) => s !== 0, ">=": (s) => s >= 0, ">": (s) => s > 0,
};
function hold(tests, registers) {
  return tests.every(([j, relation, bound]) => {
    const [p] = sum(registers[j], product([-1n, 1n], rational(bound)));
    return RELATIONS[relation](p < 0n ? -1 : p > 0n ? 1 : 0);
  });
}

/** Where a machine is before any word, and one word later: the first move whose tests hold. */
const first = (machine) => ({ state: machine.initial, registers: machine.start.map(rational) });
function moved(machine, place, word) {
  const move = machine.moves[word][place.state].find((one) => hold(one.when, place.registers));
  return { state: move.target, registers: move.updates.map((form) => evaluate(form, place.registers)) };
}

/** What a machine says there: a number, yes or no, or the number of an output. */
function says(machine, place) {
  const own = machine.says[place.state];
  if (machine.kind === "number") return number(evaluate(own, place.registers));
  return machine.kind === "choice" ? own : own.some((tests) => hold(tests, place.registers));
}

/** What is known before the first word. */
function beginning() {
  return {
    word: null, values: {}, state: { ...data.start }, situation: 0, limits: {},
    registers: data.automaton ? { ...data.automaton.start } : {},
    place: first(data.specification), domain: data.specification.domain && first(data.specification.domain),
  };
}

/** What is known after one word more. */
function after(before, word) {
  const values = run({ ...data.inputs[word], ...before.state });
  const state = {};
  for (const name of Object.keys(before.state)) state[name] = values[name + "'"];
  const made = { word, values, state, situation: null, limits: {}, registers: {} };
  if (data.automaton && before.situation !== null) {
    const j = data.vocabulary.indexOf(word);
    const step = data.automaton.steps[before.situation][j];
    made.situation = data.automaton.step[before.situation][j];
    made.limits = step.limits;
    for (const [name, value] of Object.entries(before.registers)) {
      const affine = step.registers[name];
      if (affine && value !== null) made.registers[name] = affine[0] * value + affine[1];
      else made.registers[name] = null;
    }
  }
  made.place = moved(data.specification, before.place, word);
  made.domain = before.domain && moved(data.specification.domain, before.domain, word);
  return made;
}

/** The limit of a readout, where that of each coordinate is known. */
function limit(step, readout = data.readouts[0]) {
  let total = readout.constant;
  for (const [name, coefficient] of readout.terms) {
    const known = name in step.registers ? step.registers[name] : (step.limits[name] || [])[1];
    if (known === null || known === undefined) return null;
    total += coefficient * known;
  }
  return total;
}

/** The specification of all but the last `delay` words, after n of them; null where nothing is claimed. */
function specified(n) {
  const machine = data.specification;
  if (n < Math.max(1, data.delay) || (machine.domain && !says(machine.domain, steps[n].domain))) return null;
  return says(machine, steps[n - data.delay].place);
}

const decides = data.specification.kind !== "number";
/** What is specified or decided, in words. */
function shown(said) {
  if (said === null) return "nothing is claimed";
  if (said === "tie") return said;
  if (data.specification.kind === "acceptance") return said ? "accepted" : "rejected";
  return data.specification.kind === "choice" ? data.readouts[said].name : String(said);
}

/** What numbers decide: by the threshold, or by which of them is the largest. */
function decision(numbers) {
  if (numbers.some((x) => x === null || x === undefined)) return null;
  if (data.specification.kind === "acceptance") return numbers[0] === data.threshold ? "tie" : numbers[0] > data.threshold;
  const best = numbers.findIndex((x, n) => numbers.every((y, m) => m === n || x > y));
  return best < 0 ? "tie" : best;
}

const values = (step) => data.readouts.map((readout) => step.values[readout.place]);
const limits = (step) => data.readouts.map((readout) => limit(step, readout));

let words = [];
let position = 0; // how many of the words are shown
let steps = [beginning()];

function show(sequence, place) {
  let same = 0;
  while (same < words.length && same < sequence.length && words[same] === sequence[same]) same += 1;
  steps = steps.slice(0, same + 1);
  words = sequence;
  for (const word of words.slice(same)) steps.push(after(steps[steps.length - 1], word));
  position = Math.max(0, Math.min(place, words.length));
  draw();
}

const add = (word) => show([...words.slice(0, position), word], position + 1);
const remove = () => show(words.slice(0, Math.max(0, position - 1)), position - 1);

/** An element with a text, and perhaps a class. */
function element(tag, text, kind) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function button(text, act, kind) {
  const made = element("button", text, kind);
  made.addEventListener("click", act);
  return made;
}

/** A table of texts, or of [text, class, lines below]. */
function table(head, rows) {
  const made = element("table");
  const top = made.createTHead().insertRow();
  for (const text of head) top.append(element("th", text));
  const body = made.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    row.forEach((cell, j) => {
      const [text, kind, below] = Array.isArray(cell) ? cell : [cell];
      const place = element(j ? "td" : "th", text, kind);
      for (const small of below || []) place.append(element("small", small));
      line.append(place);
    });
  }
  return made;
}

const short = (x) => (x === null || x === undefined ? "" : String(Number(x.toPrecision(6))));
const LEVELS = { "1": "open", "0": "closed", "-1": "negative" };

function gates(step) {
  const units = new Map();
  const letters = [];
  for (const gate of data.gates) {
    const name = gate.name.replace("'", "");
    const cut = name.lastIndexOf("_");
    const [letter, unit] = [name.slice(0, cut), name.slice(cut + 1)];
    if (!letters.includes(letter)) letters.push(letter);
    if (!units.has(unit)) units.set(unit, {});
    units.get(unit)[letter] = gate;
  }
  const cell = (gate) => {
    if (!gate) return "";
    const known = step.limits[gate.name.replace("'", "")] || [];
    const margin = (step.limits[gate.before] || [])[2];
    const below = ["of " + short(step.values[gate.before])];
    if (known[0] !== undefined && known[0] !== null) below.push("limit " + known[0]);
    if (margin !== undefined && margin !== null) below.push("margin " + short(margin) + " k");
    const kind = known[0] === undefined || known[0] === null ? "unknown" : LEVELS[known[0]] || "between";
    return [short(step.values[gate.name]), kind, below];
  };
  const rows = [...units].map(([unit, row]) => [unit, ...letters.map((letter) => cell(row[letter]))]);
  return table(["unit", ...letters], rows);
}

function readout(n) {
  const step = steps[n];
  const wanted = specified(n);
  const lines = data.readouts.flatMap((one) => {
    const known = limit(step, one);
    const name = data.readouts.length > 1 ? one.name + ": " : "";
    return [
      [name + "float64", n ? String(step.values[one.place]) : ""],
      [name + "limit", known === null || !n ? "not known" : String(known)],
    ];
  });
  lines.push(["specified", n < Math.max(1, data.delay) ? "not yet" : shown(wanted)]);
  if (!decides && n && wanted !== null) lines.push(["difference", String(step.values.readout - wanted)]);
  if (!decides) lines.push(["certified error", data.bounds[n - 1] ? "at most " + data.bounds[n - 1] + " on every sequence of this length" : "none"]);
  if (decides && n) {
    const [far, now] = [decision(limits(step)), decision(values(step))];
    const judged = (said) => (said === null ? "not known" : shown(said) + (wanted === null ? "" : said === wanted ? ", as specified" : ", not as specified"));
    lines.push(["decision in the limit", judged(far)], ["decision by float64", judged(now)]);
  }
  return lines;
}

const SVG = "http://www.w3.org/2000/svg";
function shape(tag, attributes, text) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** A point of a quadratic curve. */
const along = (start, bend, end, t) => [0, 1].map((j) => (1 - t) ** 2 * start[j] + 2 * t * (1 - t) * bend[j] + t * t * end[j]);

const DRAWN = 16; // situations in a drawing; more are only named
/** The automaton as a drawing: situations on a circle, the current one lit. */
function machine() {
  const count = data.automaton ? data.automaton.step.length : 0;
  if (!count || count > DRAWN || !data.automaton.whole) return;
  const [size, radius, node] = [count === 1 ? 200 : 520, count === 1 ? 0 : 180, 19];
  const place = (q) => {
    const angle = (2 * Math.PI * q) / count - Math.PI / 2;
    return [size / 2 + radius * Math.cos(angle), size / 2 + radius * Math.sin(angle)];
  };
  const drawing = shape("svg", { viewBox: `0 0 ${size} ${size}`, class: "machine", role: "img", "aria-label": "the saturated automaton" });
  const head = shape("marker", { id: "head", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" });
  head.append(shape("path", { d: "M 1 1 L 7 4 L 1 7" }));
  drawing.append(head);
  const edges = new Map();
  data.automaton.step.forEach((row, q) => row.forEach((p, j) => {
    const key = q + " " + p;
    if (p === null) return;
    if (!edges.has(key)) edges.set(key, []);
    edges.get(key).push(data.vocabulary[j]);
  }));
  const labels = [];
  for (const [key, names] of edges) {
    const [q, p] = key.split(" ").map(Number);
    const [[x, y], [u, v]] = [place(q), place(p)];
    const text = names.length > 3 ? names.slice(0, 2).join(", ") + ", ..." : names.join(", ");
    let path, label;
    if (q === p) {
      const [dx, dy] = count === 1 ? [0, -1] : [(x - size / 2) / radius, (y - size / 2) / radius];
      const [a, b] = [x + 62 * dx, y + 62 * dy];
      path = `M ${x} ${y} C ${a - 34 * dy} ${b + 34 * dx}, ${a + 34 * dy} ${b - 34 * dx}, ${x} ${y}`;
      label = [x + 55 * dx, y + 55 * dy];
    } else {
      const [mx, my, length] = [(x + u) / 2, (y + v) / 2, Math.hypot(u - x, v - y)];
      const bend = 22;
      const [cx, cy] = [mx - (bend * (v - y)) / length, my + (bend * (u - x)) / length];
      const far = Math.hypot(u - cx, v - cy);
      const [tx, ty] = [u - ((node + 3) * (u - cx)) / far, v - ((node + 3) * (v - cy)) / far];
      path = `M ${x} ${y} Q ${cx} ${cy} ${tx} ${ty}`;
      label = along([x, y], [cx, cy], [u, v], 0.3);
    }
    drawing.append(shape("path", { d: path, id: "edge " + key, "marker-end": q === p ? "" : "url(#head)" }));
    labels.push(shape("text", { x: label[0], y: label[1] + 4, class: "edge" }, text));
  }
  drawing.append(...labels);
  for (let q = 0; q < count; q += 1) {
    const [x, y] = place(q);
    const group = shape("g", { class: "state", id: "state " + q });
    group.append(shape("circle", { cx: x, cy: y, r: node }), shape("text", { x, y: y + 4 }, String(q)));
    group.append(shape("title", {}, data.automaton.labels[q].join(" ") || "the beginning"));
    drawing.append(group);
  }
  at("machine").append(drawing);
}

function light() {
  for (const lit of document.querySelectorAll("svg .current")) lit.classList.remove("current");
  const q = steps[position].situation;
  const node = q === null ? null : at("state " + q);
  if (node) node.classList.add("current");
  const before = position ? steps[position - 1].situation : null;
  const edge = before === null ? null : at("edge " + before + " " + q);
  if (edge) edge.classList.add("current");
  const reached = q === null || !data.automaton ? [] : data.automaton.labels[q];
  at("situation").textContent = q === null || !data.automaton
    ? "Not known, or too far away for a page."
    : `situation ${q} of ${data.automaton.whole ? "" : "more than "}${data.automaton.step.length}: as after ` + (reached.join(" ") || "no words");
}

function draw() {
  const step = steps[position];
  at("sequence").replaceChildren(...words.map((word, n) =>
    button(word, () => show(words, n + 1), n + 1 === position ? "current" : "")));
  at("where").textContent = position ? `After word ${position} of ${words.length}: ${step.word}` : "Before the first word";
  at("readout").replaceChildren(...readout(position).flatMap(([name, text]) => [element("dt", name), element("dd", text)]));
  at("gates").replaceChildren(...(position ? [gates(step)] : []));
  const names = Object.keys(step.state);
  const known = (name) => (name in step.registers ? step.registers[name] : (step.limits[name] || [])[1]);
  at("state").replaceChildren(table(["", ...names], [
    ["value", ...names.map((name) => short(step.state[name]))],
    ["limit", ...names.map((name) => (position ? short(known(name)) : ""))],
  ]));
  const named = data.readouts.map((one) => (data.readouts.length > 1 ? one.name : "readout"));
  const heads = decides ? ["decision", "specified"] : ["specified"];
  at("history").replaceChildren(table(["", "word", ...named, ...named.map((name) => (name === "readout" ? "limit" : "limit of " + name)), ...heads], words.map((word, n) => {
    const [step, wanted] = [steps[n + 1], specified(n + 1)];
    const said = decides ? [shown(decision(values(step))), wanted === null ? "" : shown(wanted)] : [short(wanted)];
    return [String(n + 1), word, ...values(step).map(short), ...limits(step).map(short), ...said];
  })));
  if (position) at("history").querySelectorAll("tbody tr")[position - 1].classList.add("current");
  at("back").disabled = at("clear").disabled = !words.length;
  light();
}

/** The words of a text, or null if one of them is none. */
function parsed(text) {
  const found = text.trim().split(/\s+/).filter((word) => word);
  return found.every((word) => data.vocabulary.includes(word)) ? found : null;
}

document.addEventListener("keydown", (event) => {
  if (event.target.id === "typed" || event.ctrlKey || event.metaKey || event.altKey) return;
  const digit = /^[1-9]$/.test(event.key) ? data.vocabulary[Number(event.key) - 1] : undefined;
  if (digit !== undefined) add(digit);
  else if (event.key === "Backspace") remove();
  else if (event.key === "ArrowLeft") show(words, position - 1);
  else if (event.key === "ArrowRight") show(words, position + 1);
  else if (event.key === "x" && data.counterexample.length) show(data.counterexample, data.counterexample.length);
  else return;
  event.preventDefault();
});
at("typed").addEventListener("input", () => {
  const found = parsed(at("typed").value);
  at("typed").setAttribute("aria-invalid", String(found === null));
  if (found !== null) show(found, found.length);
});
at("back").addEventListener("click", remove);
at("clear").addEventListener("click", () => show([], 0));
at("counterexample").hidden = at("x").hidden = !data.counterexample.length;
at("counterexample").addEventListener("click", () => show(data.counterexample, data.counterexample.length));
at("choices").append(...data.vocabulary.map((word, j) => button(j < 9 ? `${word}  (${j + 1})` : word, () => add(word))));
machine();
draw();
