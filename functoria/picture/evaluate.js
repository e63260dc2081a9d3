// The plan for the values of the switches: the same as functoria.graph.resolve, over the tables of the application.
const OPEN = -1;

class Refusal extends Error {}

// The states of switches: null if the key is not given, else the number of a text. Partial plans leave what is not given open.
function reading(data, states, partial) {
  const cache = new Map(), read = new Set();
  const on = (number) => states[number] !== null && data.switches[number].texts[states[number]] === "true";
  // The place in a variant's table: of what is given, of the alias that sets it, or of the default.
  const place = (variant) => {
    const number = data.variants[variant].switch, { texts, aliases, values, name } = data.switches[number];
    if (states[number] !== null) return 1 + states[number];
    const setting = aliases.map((alias, i) => i).filter((i) => on(aliases[i]));
    if (setting.length) {
      if (setting.every((i) => values[i] === values[setting[0]])) return 1 + texts.length + setting[0];
      if (!partial) throw new Refusal(`${setting.map((i) => data.switches[aliases[i]].name).join(" and ")} set ${name} to different values`);
    }
    return partial ? OPEN : 0;
  };
  const result = (number) => {
    const step = data.values[number];
    if ("only" in step) return step.only;
    if ("key" in step) {
      read.add(step.key);
      const at = place(step.key);
      return at === OPEN ? OPEN : step.table[at];
    }
    if ("of" in step) {
      const found = step.of.map((part) => cache.get(part));
      if (found.includes(OPEN)) return OPEN;
      return step.table[found.reduce((at, outcome, i) => at * step.sizes[i] + outcome, 0)];
    }
    const selected = cache.get(step.by);
    if (selected === OPEN) return OPEN;
    const way = step.ways[selected];
    return way.length === 1 ? way[0] : cache.get(way[0]) === OPEN ? OPEN : way[1][cache.get(way[0])];
  };
  const needs = (number) => {
    const step = data.values[number];
    if ("of" in step) return step.of.filter((part) => !cache.has(part));
    if (!("by" in step)) return [];
    if (!cache.has(step.by)) return [step.by];
    const way = cache.get(step.by) === OPEN ? [] : step.ways[cache.get(step.by)];
    return way.length === 2 && !cache.has(way[0]) ? [way[0]] : [];
  };
  const value = (root) => {
    const pending = [root];
    while (pending.length) {
      const one = pending[pending.length - 1];
      if (cache.has(one)) { pending.pop(); continue; }
      const missing = needs(one);
      if (missing.length) { pending.push(...missing.reverse()); continue; }
      pending.pop();
      const outcome = result(one), failed = data.values[one].failed;
      if (outcome !== OPEN && failed && outcome in failed) throw new Refusal(failed[outcome]);
      cache.set(one, outcome);
    }
    return cache.get(root);
  };
  return { value, read, partial, place };
}

function evaluate(data, states, partial) {
  const { value, read, place } = reading(data, states, partial), { terms, devices } = data;
  const heads = new Map(), nodeOf = new Map(), entered = new Map(), table = new Map(), nodes = [], undecided = new Set();
  const head = (start) => {
    const path = [];
    let number = start;
    while (!heads.has(number)) {
      const term = terms[number];
      if (term.apply) { path.push(number); number = term.apply[0]; continue; }
      if (term.choice !== undefined) {
        const outcome = value(term.value);
        if (outcome !== OPEN) { path.push(number); number = term.picks[outcome]; continue; }
      }
      heads.set(number, [number, [], []]);
    }
    // Only the last is kept, so that a functor with many arguments takes linear time.
    let [device, given, choices] = heads.get(number);
    [given, choices] = [[...given], [...choices]];
    for (const passed of path.reverse()) if (terms[passed].apply) given.push(terms[passed].apply[1]); else choices.push(passed);
    heads.set(start, [device, given, choices]);
    return [device, given, choices];
  };
  const pending = [0];
  while (pending.length) {
    const number = pending[pending.length - 1];
    if (nodeOf.has(number)) { pending.pop(); continue; }
    let need = entered.get(number);
    entered.delete(number);
    if (!need) {
      const [device, given, choices] = head(number), term = terms[device];
      need = { device, choices, args: given, deps: term.deps || [], branches: term.choice !== undefined ? term.branches : [] };
      const missing = [...need.args, ...need.deps, ...need.branches].filter((each) => !nodeOf.has(each));
      if (missing.length) {
        entered.set(number, need);
        if (missing.some((each) => entered.has(each))) throw new Refusal("a device needs itself");
        for (let i = missing.length - 1; i >= 0; i--) pending.push(missing[i]);
        continue;
      }
    }
    pending.pop();
    const [args, deps, branches] = [need.args, need.deps, need.branches].map((each) => each.map((other) => nodeOf.get(other)));
    const key = [need.device, args.length, ...args, ...deps, ...branches].join();
    if (!table.has(key)) {
      table.set(key, nodes.length);
      nodes.push({ term: need.device, at: terms[number].at, args, deps, branches, functor: terms[need.device].arity > args.length,
        choices: new Set(terms[need.device].choice !== undefined ? [need.device] : []) });
    }
    for (const choice of need.choices) nodes[table.get(key)].choices.add(choice);
    nodeOf.set(number, table.get(key));
  }
  const used = new Set(data.deciding);
  for (const node of nodes) {
    const term = terms[node.term];
    if (term.choice !== undefined) continue;
    const device = devices[term.device];
    device.keys.forEach((key) => used.add(key));
    node.at = node.at || term.at;
    if (Array.isArray(device.packages)) node.packages = device.packages;
    else {
      const outcome = value(device.packages.value);
      node.packages = outcome === OPEN ? [] : device.packages.lists[outcome];
      if (!Array.isArray(node.packages)) throw new Refusal(node.packages);
    }
  }
  // Packages are evaluated before modules, as in a plan.
  for (const node of nodes) {
    const term = terms[node.term];
    if (term.choice === undefined && devices[term.device].refused !== undefined) throw new Refusal(devices[term.device].refused);
  }
  read.forEach((key) => used.add(key));
  for (const [alias, set] of data.sets) if (used.has(alias)) set.forEach((key) => used.add(key));
  for (const node of nodes) node.at = node.at || null;
  return { nodes, used: [...used].sort((a, b) => a - b), partial, place };
}

function notes(named) {
  const groups = new Map(), found = named.map(() => "");
  const join = (map, key, number) => { if (map.has(key)) map.get(key).push(number); else map.set(key, [number]); };
  named.forEach((node, number) => join(groups, node.module, number));
  const few = (group) => group.slice(0, 64);
  const differing = new Map();
  for (const [module, group] of groups) {
    const tables = few(group).map((each) => new Map(named[each].fields)), first = tables[0], names = new Set();
    for (const one of tables) for (const [name, text] of one) if (first.get(name) !== text) names.add(name);
    for (const one of tables) for (const name of first.keys()) if (!one.has(name)) names.add(name);
    differing.set(module, names);
  }
  const ofFields = (node) => node.fields.filter(([name, text]) => text && differing.get(node.module).has(name)).map(([, text]) => text).join(", ");
  const ofNeeds = (number, group) => {
    const needs = named[number].needs;
    for (let place = 0; place < needs.length; place++)
      if (few(group).some((each) => named[each].needs[place] !== needs[place])) return found[needs[place]] || named[needs[place]].module;
    return "";
  };
  named.forEach((node, number) => {
    const group = groups.get(node.module);
    if (group.length > 1) found[number] = ofFields(node) || ofNeeds(number, group);
  });
  for (const group of groups.values()) {
    const byNote = new Map();
    for (const number of group) join(byNote, found[number], number);
    for (const [note, alike] of byNote)
      if (alike.length > 1) alike.forEach((number, place) => { found[number] = `${note} #${place + 1}`.trim(); });
  }
  return found;
}

// Boxes and lines, the same as in functoria.picture.diagram.
function diagram(data, plan) {
  const { nodes } = plan, last = nodes.length - 1, of = (node) => data.terms[node.term];
  const isChoice = (node) => of(node).choice !== undefined;
  const named = nodes.map((node, number) => ({
    module: number === last ? "" : isChoice(node) ? "a choice" : data.devices[of(node).device].module,
    fields: isChoice(node) ? [] : data.devices[of(node).device].fields,
    needs: [...node.args, ...node.deps, ...node.branches],
  }));
  const found = notes(named);
  const boxes = nodes.map((node, number) => {
    if (isChoice(node)) return { number, kind: "choice", title: of(node).choice, note: "" };
    const device = data.devices[of(node).device];
    if (number === last) return { number, kind: "application", title: data.title, note: device.module };
    return { number, kind: node.functor ? "functor" : device.own ? "own" : "device", title: device.module, note: found[number] };
  });
  const lines = [], seen = new Set();
  nodes.forEach((node, source) => {
    const add = (target, role, label) => {
      const key = [source, target, role, label].join();
      if (!seen.has(key)) { seen.add(key); lines.push({ source, target, role, label }); }
    };
    node.args.forEach((target) => add(target, 0, ""));
    node.deps.forEach((target) => add(target, 1, ""));
    node.branches.forEach((target, place) => add(target, 2, of(node).cases[place]));
  });
  return { boxes, lines };
}
