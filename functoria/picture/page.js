// The page: draws the picture for the values of its switches, and shows the details of each device.
const NS = "http://www.w3.org/2000/svg", ROLES = ["argument", "dependency", "branch"];
const MEANINGS = ["argument of a functor", "starts before it", "branch of a choice"];
const data = JSON.parse(document.getElementById("data").textContent);
const first = { states: data.states, partial: data.partial };
const now = { states: [...first.states], partial: first.partial, plan: null, drawing: null, layout: null, chosen: null, zoom: null, hits: [], hit: -1, keys: [] };
const at = (id) => document.getElementById(id);

function made(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function drawn(tag, attributes, ...children) {
  const element = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// Sizes and paths, the same as in functoria.picture.svg.
const columns = (text) => [...text].reduce((sum, char) => sum + (char.codePointAt(0) >= 0x1100 ? 2 : 1), 0);
const clipped = (text) => { const chars = [...text]; return chars.length <= 64 ? text : chars.slice(0, 63).join("") + "\u2026"; };
const sizeOf = (box) => {
  const [title, note] = [box.title, box.note].map((text) => columns(clipped(text)));
  return [Math.trunc(Math.max(title * 7.5, note * 6.3) + 26 + 0.5), box.note ? 44 : 30];
};
const endOf = (bend) => (bend.target >= 0 ? bend.y2 + 5 * (bend.kind - 0.5) : bend.y2);
function curve(bend) {
  const end = bend.target >= 0 ? bend.x2 - 7 : bend.x2, y = endOf(bend), middle = (bend.x1 + end) / 2;
  const before = bend.x1 > bend.x0 ? `H${bend.x1}` : "", beyond = bend.target < 0 ? `H${bend.x3}` : "";
  return `M${bend.x0} ${bend.y0}${before}C${middle} ${bend.y0} ${middle} ${y} ${end} ${y}${beyond}`;
}
const tip = (x, y, kind) => `M${x - 7} ${y - 4}L${x} ${y}L${x - 7} ${y + 4}${kind !== 1 ? "Z" : ""}`;

function outline(box, x, y, [wide, high]) {
  if (box.kind !== "choice") return drawn("rect", { x, y, width: wide, height: high, rx: box.kind === "application" ? 15 : 6 });
  const points = [[x, y + high / 2], [x + 9, y], [x + wide - 9, y], [x + wide, y + high / 2], [x + wide - 9, y + high], [x + 9, y + high]];
  return drawn("polygon", { points: points.map((point) => point.join()).join(" ") });
}

function draw() {
  const { boxes, lines } = now.drawing, wires = [], wireOf = new Map();
  for (const line of lines) {
    const key = [line.source, line.target, line.role].join();
    if (!wireOf.has(key)) { wireOf.set(key, wires.length); wires.push([line.source, line.target, line.role]); }
  }
  const sizes = boxes.map(sizeOf), layout = layOut(sizes, wires);
  now.layout = { ...layout, wires };
  const margin = 16, width = layout.width + 2 * margin, height = layout.height + 2 * margin;
  const group = drawn("g", { transform: `translate(${margin} ${margin})` });
  now.bends = layout.bends.map((bend) => drawn("path", { class: `line ${ROLES[bend.kind]}`, d: curve(bend) }));
  now.tips = new Map();
  layout.bends.forEach((bend) => {
    const key = bend.target + "," + bend.kind;
    if (bend.target >= 0 && !now.tips.has(key))
      now.tips.set(key, drawn("path", { class: `tip ${ROLES[bend.kind]}`, d: tip(bend.x2, endOf(bend), bend.kind) }));
  });
  const cases = new Map();
  for (const line of lines) if (line.label) {
    const key = line.source + "," + line.target;
    cases.set(key, [...(cases.get(key) || []), line.label]);
  }
  const labels = [...cases].map(([key, texts]) => {
    const place = layout.places[Number(key.split(",")[1])];
    return drawn("text", { class: "case", x: place.x - 10, y: place.y + 8 }, clipped(texts.join(", ")));
  });
  now.boxes = boxes.map((box, number) => {
    const { x, y } = layout.places[number];
    const element = drawn("g", { class: `box ${box.kind}`, role: "button", tabindex: -1, "data-device": number, "aria-label": spoken(number) },
      drawn("title", {}, `${box.title} ${box.note}`.trim()), outline(box, x, y, sizes[number]),
      drawn("text", { class: "title", x: x + 13, y: y + 19.5 }, clipped(box.title)));
    if (box.note) element.append(drawn("text", { class: "note", x: x + 13, y: y + 35 }, clipped(box.note)));
    return element;
  });
  group.append(...now.bends, ...now.tips.values(), ...labels, ...now.boxes);
  now.svg = drawn("svg", { xmlns: NS, class: "functoria-picture", role: "group", "aria-label": `The devices of ${data.title}, and what each needs`, viewBox: `0 0 ${width} ${height}` },
    drawn("rect", { class: "ground", width, height }), group);
  now.size = [width, height];
  at("canvas").replaceChildren(now.svg);
  roving(boxes.length - 1);
  zoom(now.zoom);
  at("legend").replaceChildren(...ROLES.map((role, kind) => [role, kind]).filter(([, kind]) => lines.some((line) => line.role === kind)).map(([role, kind]) =>
    made("li", {}, drawn("svg", { class: "functoria-picture", width: 40, height: 12, "aria-hidden": "true" },
      drawn("path", { class: `line ${role}`, d: "M1 6H32" }), drawn("path", { class: `tip ${role}`, d: tip(39, 6, kind) })), MEANINGS[kind])));
  at("list").querySelector("ol").replaceChildren(...boxes.map((box, number) => made("li", {}, link(number))));
}

const name = (number) => { const { kind, title, note } = now.drawing.boxes[number]; return kind === "application" ? title : `${title} ${note}`.trim(); };
const needed = (number) => now.drawing.lines.filter((line) => line.source === number);
const users = (number) => [...new Set(now.drawing.lines.filter((line) => line.target === number).map((line) => line.source))];
const KINDS = { application: "the application", own: "a module of yours", device: "a device", functor: "a functor", choice: "an open choice" };
const spoken = (number) => `${name(number)}, ${KINDS[now.drawing.boxes[number].kind]}`;
const link = (number) => made("button", { type: "button", class: "link", onclick: () => open(number, true) }, name(number));

function roving(number) {
  for (const box of now.boxes) box.setAttribute("tabindex", -1);
  now.boxes[number].setAttribute("tabindex", 0);
  now.current = number;
}

function show(number, focus) {
  roving(number);
  now.boxes[number].scrollIntoView({ block: "center", inline: "center" });
  if (focus) now.boxes[number].focus({ preventScroll: true });
}

function zoom(factor) {
  const canvas = at("canvas"), [width, height] = now.size;
  now.zoom = factor;
  const fit = Math.min(1, (canvas.clientWidth - 4) / width);
  const scale = factor === null ? Math.max(fit, 0.65) : factor;
  now.svg.setAttribute("width", width * scale);
  now.svg.setAttribute("height", height * scale);
  now.scale = scale;
}

function trace(number) {
  now.svg.classList.toggle("traced", number !== null);
  for (const element of now.svg.querySelectorAll(".near, .chosen")) element.classList.remove("near", "chosen");
  if (number === null) return;
  now.boxes[number].classList.add("near", "chosen");
  now.layout.wires.forEach(([source, target, kind], wire) => {
    if (source !== number && target !== number) return;
    now.boxes[source].classList.add("near");
    now.boxes[target].classList.add("near");
    for (const bend of now.layout.ways[wire]) now.bends[bend].classList.add("near");
    now.tips.get(target + "," + kind).classList.add("near");
  });
}

const part = (title, ...children) => (children.length ? [made("h3", {}, title), ...children] : []);
const listed = (tag, items) => (items.length ? [made(tag, {}, ...items.map((item) => made("li", {}, ...[].concat(item))))] : []);
const where = (place) => (place ? made("span", { class: "at" }, place) : null);

// The plan that was made for these values, if it is one of those in the page.
function snapshot() {
  if (now.partial) return undefined;
  const key = now.states.map((state, number) => (state === null || state === data.switches[number].usual ? "" : state)).join();
  return data.snapshots.plans[key];
}

const text = (number) => data.snapshots.texts[number];

function wanted(node) {
  // Equal requirements from several parts of a device, in the same place, are listed once.
  const distinct = new Map(node.packages.map((number) => [data.packages[number].text + "\n" + data.packages[number].at, data.packages[number]]));
  return [...distinct.values()].map((one) => {
    const plan = snapshot();
    const merged = plan && plan.packages && plan.packages.find(([name]) => text(name) === one.name);
    const rest = merged ? [made("span", { class: "why" }, `in the plan ${text(merged[1])}${from(one.name, merged)}`)] : [];
    return [made("code", {}, one.text), where(one.at), ...rest];
  });
}

// Which devices set the bounds of a package in the plan.
function from(package_, [, , min, max]) {
  const who = (bound, end) => [...new Set(now.plan.nodes.flatMap((node, number) =>
    (node.packages || []).some((each) => data.packages[each].name === package_ && data.packages[each][end] === text(bound)) ? [name(number)] : []))];
  const said = [["\u2265", min, "min"], ["<", max, "max"]].filter(([, bound]) => bound !== null).map(([sign, bound, end]) => {
    const those = who(bound, end);
    return `${sign} ${text(bound)} by ${those.slice(0, 3).join(", ")}${those.length > 3 ? ` and ${those.length - 3} more` : ""}`;
  });
  return said.length ? `: ${said.join("; ")}` : "";
}

function valueOf(variant) {
  const one = data.variants[variant], { texts, implied } = data.switches[one.switch];
  const place = now.plan.place(variant);
  if (place === OPEN) return "left open";
  if (place === 0) return one.required ? "given when it runs" : one.default || "empty";
  return (place <= texts.length ? texts[place - 1] : implied[place - 1 - texts.length]) || "empty";
}

function open(number, focus) {
  now.chosen = number;
  const node = now.plan.nodes[number], box = now.drawing.boxes[number], term = data.terms[node.term], panel = at("panel");
  const device = term.choice === undefined ? data.devices[term.device] : null, plan = snapshot();
  const needs = (role) => needed(number).filter((line) => line.role === role).map((line) => [line.label ? `${line.label}: ` : "", link(line.target)]);
  const code = plan && plan.codes ? text(plan.codes[number]) : "";
  panel.replaceChildren(
    made("button", { type: "button", class: "close", "aria-label": "Close", onclick: close }, "\u00d7"),
    made("h2", {}, box.title),
    made("p", {}, [box.kind === "application" ? box.note : box.note, KINDS[box.kind]].filter(Boolean).join(", "), where(node.at)),
    ...(device && device.doc ? [made("p", {}, device.doc)] : []),
    ...part("Module", ...(device ? [made("p", {}, made("code", {}, device.module)), made("span", { class: "at" }, device.type)] : [])),
    ...part("Arguments", ...listed("ol", needs(0))),
    ...part("Starts after", ...listed("ol", needs(1))),
    ...part("One of", ...listed("ul", needs(2))),
    ...part("Needed by", ...listed("ul", users(number).map(link))),
    ...part("Packages", ...listed("ul", node.packages ? wanted(node) : [])),
    ...part("Keys", ...listed("ul", device ? device.keys.map((key) => {
      const { name, options, doc } = data.switches[data.variants[key].switch];
      return [made("code", {}, `${name} = ${valueOf(key)}`), made("span", { class: "why" }, [options[options.length - 1], doc].filter(Boolean).join(": "))];
    }) : [])),
    ...(box.kind === "application" && plan && plan.packages ? [
      ...part(`All ${plan.packages.length} packages`, ...listed("ul", plan.packages.map((each) => [made("code", {}, text(each[1]))]))),
      ...part("Libraries", made("p", {}, made("code", {}, plan.libraries.map(text).join(", ")))),
    ] : []),
    ...part("Code in the main module", ...(code ? [made("pre", { tabindex: 0 }, code)] : [])),
    ...(device && !code && !now.partial && !(plan && plan.codes) ? part("Code in the main module", made("p", {}, "not computed for this combination")) : []),
  );
  panel.hidden = false;
  panel.setAttribute("aria-label", spoken(number));
  trace(number);
  show(number, false);
  if (focus) panel.focus();
}

function close() {
  const chosen = now.chosen;
  now.chosen = null;
  at("panel").hidden = true;
  if (now.svg) trace(null);
  if (chosen !== null && now.boxes[chosen]) show(chosen, true);
}

// How near a device's match for all words is to its name: 0 in it, then in its module, keys, packages; no number without a match.
function nearness(number, words) {
  const node = now.plan.nodes[number], term = data.terms[node.term], device = term.choice === undefined ? data.devices[term.device] : null;
  const decided = [...node.choices].flatMap((choice) => data.terms[choice].keys);
  const keys = [...decided, ...(device ? device.keys : [])].map((key) => data.switches[data.variants[key].switch].name);
  const packages = (node.packages || []).map((each) => data.packages[each].name);
  const texts = [[name(number)], device ? [device.module] : [], keys, packages].map((each) => each.join(" ").toLowerCase());
  const found = words.map((word) => texts.findIndex((each) => each.includes(word)));
  return found.includes(-1) ? null : Math.max(...found);
}

function search() {
  const words = at("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const near = now.boxes.map((_, number) => (words.length ? nearness(number, words) : null));
  now.hits = near.map((_, number) => number).filter((number) => near[number] !== null).sort((a, b) => near[a] - near[b] || a - b);
  now.hit = -1;
  now.svg.classList.toggle("searched", words.length > 0);
  now.boxes.forEach((box, number) => box.classList.toggle("match", near[number] !== null));
  now.keys = [...at("switches").querySelectorAll(".key")].filter((box) => {
    const key = data.switches[box.dataset.switch].name.toLowerCase(), match = words.length > 0 && words.every((word) => key.includes(word));
    box.classList.toggle("match", match);
    return match;
  });
  const keys = now.keys.length ? `, ${now.keys.length} key${now.keys.length === 1 ? "" : "s"}` : "";
  at("found").textContent = words.length ? `${now.hits.length} of ${now.boxes.length}${keys}` : "";
  if (now.hits.length) show(now.hits[0], false);
  else if (now.keys.length) now.keys[0].scrollIntoView({ block: "nearest" });
}

function describeKeys() {
  data.switches.forEach((one, number) => {
    const variants = data.variants.map((_, i) => i).filter((i) => data.variants[i].switch === number);
    const used = now.plan === null || variants.some((i) => now.plan.used.includes(i));
    const box = at("switches").querySelector(`[data-switch="${number}"]`), select = box.querySelector("select");
    box.classList.toggle("unused", !used);
    box.title = [one.doc, used ? "" : "Not in this picture."].filter(Boolean).join(" ");
    box.classList.toggle("set", now.states[number] !== null);
    const shown = now.plan === null ? null : variants.find((i) => now.plan.used.includes(i)) ?? variants[0];
    const usual = shown === null ? "" : data.variants[shown].default;
    const label = now.partial ? "left open" : usual ? `default: ${usual}` : data.variants[variants[0]].required ? "not given" : "default";
    if (select) {
      select.options[0].textContent = label;
      select.value = now.states[number] === null ? "" : String(now.states[number]);
    } else box.querySelector(".value").textContent = one.late ? `${label}, set when it runs` : label;
  });
  at("partial").checked = now.partial;
}

// The command for these values. A flag that an alias sets has no option to unset it.
function command() {
  const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
  const words = data.switches.flatMap((one, number) => {
    const state = now.states[number], option = one.options[one.options.length - 1];
    if (state === null) return [];
    if (one.flag) return one.texts[state] === "true" ? [option] : one.aliases.some((alias) => now.states[alias] !== null) ? [null] : [];
    return option.startsWith("--") ? [quoted(`${option}=${one.texts[state]}`)] : [option, quoted(one.texts[state])];
  });
  return words.includes(null) ? "Python: no options say them" : ["functoria describe", ...words].join(" ");
}

function refresh() {
  const before = now.chosen === null || !now.plan ? null : now.plan.nodes[now.chosen].term;
  let refused = null;
  now.plan = now.drawing = null;
  try {
    now.plan = evaluate(data, now.states, now.partial);
    const plan = snapshot();
    if (plan && plan.refused !== undefined) refused = plan.refused;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refused = error.message;
  }
  at("message").hidden = refused === null;
  at("message").textContent = refused === null ? "" : `There is no plan with these values: ${refused}`;
  at("canvas").hidden = at("legend").hidden = at("list").hidden = refused !== null;
  describeKeys();
  if (refused !== null) {
    at("status").textContent = "refused";
    at("unasked").hidden = true;
    at("found").textContent = "";
    now.chosen = now.svg = null;
    at("canvas").replaceChildren();
    at("panel").hidden = true;
    return;
  }
  now.drawing = diagram(data, now.plan);
  draw();
  const plan = snapshot(), count = now.plan.nodes.length;
  const packages = new Set(now.plan.nodes.flatMap((node) => (node.packages || []).map((each) => data.packages[each].name)));
  at("status").textContent = [`${count} device${count === 1 ? "" : "s"}`, `${packages.size} package${packages.size === 1 ? "" : "s"}`,
    now.partial ? "choices are left open" : plan ? "as planned" : "the graph is exact"].join(" \u00b7 ");
  at("unasked").hidden = now.partial || Boolean(plan);
  at("unasked").querySelector("code").textContent = command();
  search();
  const same = before === null ? -1 : now.plan.nodes.findIndex((node) => node.term === before);
  now.chosen = null;
  if (same >= 0) open(same, false);
  else at("panel").hidden = true;
}

function switches() {
  const sections = new Map();
  data.switches.forEach((one, number) => {
    if (!sections.has(one.section)) sections.set(one.section, []);
    const id = `switch-${number}`, box = made("div", { class: "key", "data-switch": number });
    if (one.texts.length)
      box.append(made("label", { for: id }, one.name), made("select", { id, onchange: (event) => {
        now.states[number] = event.target.value === "" ? null : Number(event.target.value);
        refresh();
      } }, made("option", { value: "" }), ...one.texts.map((value, i) => made("option", { value: i }, value || "empty"))));
    else box.append(made("span", { class: "name" }, one.name), made("span", { class: "value" }));
    sections.get(one.section).push([data.deciding.some((key) => data.variants[key].switch === number) ? 0 : one.texts.length ? 1 : 2, box, one.name]);
  });
  // What changes the picture comes first, then what can be switched.
  const sorted = [...sections].map(([section, boxes]) => [section, boxes.sort(([a, , one], [b, , two]) => a - b || one.localeCompare(two, "en", { numeric: true }))]);
  sorted.sort(([, one], [, two]) => one[0][0] - two[0][0]);
  at("switches").replaceChildren(...sorted.map(([section, boxes]) => made("fieldset", {}, made("legend", {}, section), ...boxes.map(([, box]) => box))));
}

function moved(number, key) {
  const { places } = now.layout, here = places[number];
  if (key === "ArrowRight") return needed(number).map((line) => line.target)[0];
  if (key === "ArrowLeft") return users(number)[0];
  const column = places.map((place, i) => [place, i]).filter(([place, i]) => i !== number && place.x === here.x && (key === "ArrowDown") === place.y > here.y);
  column.sort(([a], [b]) => Math.abs(a.y - here.y) - Math.abs(b.y - here.y));
  return column.length ? column[0][1] : undefined;
}

function listen() {
  const canvas = at("canvas");
  let drag = null;
  canvas.addEventListener("click", (event) => {
    const box = event.target.closest(".box");
    if (box && !now.dragged) open(Number(box.dataset.device), false);
  });
  canvas.addEventListener("keydown", (event) => {
    const box = event.target.closest(".box");
    if (!box) return;
    const number = Number(box.dataset.device);
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); open(number, true); }
    else if (event.key.startsWith("Arrow")) {
      event.preventDefault();
      const next = moved(number, event.key);
      if (next !== undefined) show(next, true);
    }
  });
  canvas.addEventListener("pointerdown", (event) => {
    now.dragged = false;
    if (event.button === 0 && event.pointerType === "mouse") drag = [event.clientX, event.clientY, canvas.scrollLeft, canvas.scrollTop];
  });
  addEventListener("pointermove", (event) => {
    if (!drag) return;
    const [x, y] = [event.clientX - drag[0], event.clientY - drag[1]];
    if (Math.abs(x) + Math.abs(y) > 4) { now.dragged = true; canvas.classList.add("dragged"); }
    canvas.scrollTo(drag[2] - x, drag[3] - y);
  });
  addEventListener("pointerup", () => { drag = null; canvas.classList.remove("dragged"); });
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom(Math.min(3, Math.max(0.1, now.scale * (event.deltaY < 0 ? 1.15 : 1 / 1.15))));
  }, { passive: false });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const opened = !at("panel").hidden;
      if (opened) close();
      // Some browsers empty the field themselves, without an event once the focus is elsewhere.
      if ((!opened || event.target === at("search")) && at("search").value) { at("search").value = ""; if (now.svg) search(); }
    }
    else if (event.key === "/" && !/INPUT|SELECT/.test(document.activeElement.tagName)) { event.preventDefault(); at("search").focus(); }
  });
  at("search").addEventListener("input", () => now.svg && search());
  at("search").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    if (!now.hits.length) { if (now.keys.length) now.keys[0].querySelector("select")?.focus(); return; }
    now.hit = (now.hit + 1) % now.hits.length;
    open(now.hits[now.hit], false);
  });
  at("larger").addEventListener("click", () => now.svg && zoom(Math.min(3, now.scale * 1.25)));
  at("smaller").addEventListener("click", () => now.svg && zoom(Math.max(0.1, now.scale / 1.25)));
  at("fit").addEventListener("click", () => {
    if (now.svg) zoom(Math.min(1, (canvas.clientWidth - 4) / now.size[0], (canvas.clientHeight - 4) / now.size[1]));
  });
  at("partial").addEventListener("change", (event) => { now.partial = event.target.checked; refresh(); });
  at("reset").addEventListener("click", () => { now.states = [...first.states]; now.partial = first.partial; refresh(); });
  const dark = matchMedia("(prefers-color-scheme: dark)"), root = document.documentElement;
  const theme = (wanted) => {
    root.dataset.theme = wanted;
    at("theme").textContent = wanted === "dark" ? "Light" : "Dark";
    at("theme").setAttribute("aria-label", `Show it ${wanted === "dark" ? "light" : "dark"}`);
  };
  theme(dark.matches ? "dark" : "light");
  dark.addEventListener("change", (event) => theme(event.matches ? "dark" : "light"));
  at("theme").addEventListener("click", () => theme(root.dataset.theme === "dark" ? "light" : "dark"));
  addEventListener("resize", () => now.svg && zoom(now.zoom));
}

if (innerWidth <= 820) at("fold").open = false;
switches();
listen();
refresh();
// For programs that query the page: what it shows, and what it would show for other values.
window.functoria = { now, data, evaluate, diagram, layOut, Refusal, sizeOf };
