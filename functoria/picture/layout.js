// Where boxes and lines go: the same as functoria.picture.layout, number for number, for pictures that change in the page.
function layered(count, wires) {
  const needs = Array.from({ length: count }, () => []), users = new Array(count).fill(0), ranks = new Array(count).fill(0);
  for (const [source, target] of wires) { needs[source].push(target); users[target]++; }
  for (let node = count - 1; node >= 0; node--)
    for (const need of needs[node]) ranks[need] = Math.max(ranks[need], ranks[node] + 1);
  for (let node = 0; node < count; node++)
    if (needs[node].length > users[node] && users[node] > 0)
      ranks[node] = needs[node].reduce((least, need) => Math.min(least, ranks[need]), Infinity) - 1;
  const spans = new Map();
  for (const [source, target] of wires) {
    const span = ranks[target] - ranks[source];
    spans.set(span, (spans.get(span) || 0) + 1);
  }
  let room = 4 * (count + wires.length) + 2000, longest = 1;
  for (const span of [...spans.keys()].sort((a, b) => a - b)) {
    room -= (span - 1) * spans.get(span);
    if (room < 0) break;
    longest = Math.max(longest, span);
  }
  const stations = new Map(), numbers = new Map(), hops = [], ways = [];
  const hop = (source, target, kind) => {
    const key = source + "," + target + "," + kind;
    if (!numbers.has(key)) { numbers.set(key, hops.length); hops.push([source, target, kind]); }
    return numbers.get(key);
  };
  for (const [source, target, kind] of wires) {
    const way = [];
    let at = source;
    if (ranks[target] - ranks[source] <= longest)
      for (let rank = ranks[source] + 1; rank < ranks[target]; rank++) {
        const key = target + "," + kind + "," + rank;
        if (!stations.has(key)) { stations.set(key, ranks.length); ranks.push(rank); }
        way.push(hop(at, stations.get(key), kind));
        at = stations.get(key);
      }
    way.push(hop(at, target, kind));
    ways.push(way);
  }
  return { ranks, hops, ways };
}

function neighbours(graph) {
  const before = graph.ranks.map(() => []), after = graph.ranks.map(() => []);
  for (const [source, target] of graph.hops)
    if (graph.ranks[target] - graph.ranks[source] === 1) { before[target].push(source); after[source].push(target); }
  return [before, after];
}

function mean(node, joined, others, places) {
  let total = 0, weight = 0;
  for (const other of joined[node]) {
    const share = 1 / others[other].length;
    total += places[other] * share;
    weight += share;
  }
  return total / weight;
}

function crossings(layers, after, places) {
  const above = (sorted, end) => {
    let low = 0, high = sorted.length;
    while (low < high) { const middle = (low + high) >> 1; if (end < sorted[middle]) high = middle; else low = middle + 1; }
    return low;
  };
  for (const layer of layers) layer.forEach((node, place) => { places[node] = place; });
  let total = 0;
  for (const layer of layers) {
    const passed = [];
    for (const node of layer) {
      const ends = after[node].map((other) => places[other]);
      for (const end of ends) total += passed.length - above(passed, end);
      for (const end of ends) passed.splice(above(passed, end), 0, end);
    }
  }
  return total;
}

function ordered(graph, before, after) {
  const highest = graph.ranks.reduce((most, rank) => Math.max(most, rank), -1);
  let layers = Array.from({ length: highest + 1 }, () => []);
  const places = new Array(graph.ranks.length).fill(0), found = new Set();
  const roots = graph.ranks.map((_, node) => node).sort((a, b) => graph.ranks[a] - graph.ranks[b] || a - b);
  for (const root of roots) {
    const pending = [root];
    while (pending.length) {
      const node = pending.pop();
      if (found.has(node)) continue;
      found.add(node);
      for (let i = after[node].length - 1; i >= 0; i--) pending.push(after[node][i]);
    }
  }
  for (const node of found) layers[graph.ranks[node]].push(node);
  for (const layer of layers) layer.forEach((node, place) => { places[node] = place; });
  const counted = graph.hops.length <= 4000;
  let best = layers, fewest = counted ? crossings(layers, after, places) : 0;
  for (let sweep = 0; sweep < 12; sweep++) {
    if (counted && !fewest) break;
    const forth = sweep % 2 === 0, [joined, others] = forth ? [before, after] : [after, before];
    layers = layers.map((layer) => [...layer]);
    for (const layer of forth ? layers : [...layers].reverse()) {
      const means = new Map();
      for (const node of layer) if (joined[node].length) means.set(node, mean(node, joined, others, places));
      const sorted = [...means.keys()].sort((a, b) => means.get(a) - means.get(b));
      let next = 0;
      layer.forEach((node, place) => { if (means.has(node)) layer[place] = sorted[next++]; });
      layer.forEach((node, place) => { places[node] = place; });
    }
    const crossed = counted ? crossings(layers, after, places) : 0;
    if (!counted || crossed < fewest) { best = layers; fewest = crossed; }
  }
  return best;
}

function placed(layers, heights, before, after) {
  const middles = new Array(heights.length).fill(0);
  for (const layer of layers) {
    let at = 0;
    for (const node of layer) { middles[node] = at + heights[node] / 2; at += heights[node]; }
  }
  for (let sweep = 0; sweep < 16; sweep++) {
    const forth = sweep % 2 === 0, both = sweep >= 14;
    for (const layer of forth ? layers : [...layers].reverse()) {
      const wishes = layer.map((node) => {
        const found = [];
        if (before[node].length && (forth || both)) found.push(mean(node, before, after, middles));
        if (after[node].length && (!forth || both)) found.push(mean(node, after, before, middles));
        return found.length ? found.reduce((a, b) => a + b, 0) / found.length : null;
      });
      const pools = [], offsets = [];
      let offset = 0;
      layer.forEach((node, number) => {
        if (number) offset += (heights[layer[number - 1]] + heights[node]) / 2;
        offsets.push(offset);
        const wish = wishes[number];
        let weight = wish === null ? 0.01 : 1, total = ((wish === null ? middles[node] : wish) - offset) * weight, count = 1;
        while (pools.length && pools[pools.length - 1][0] / pools[pools.length - 1][1] >= total / weight) {
          const other = pools.pop();
          total = total + other[0]; weight = weight + other[1]; count = count + other[2];
        }
        pools.push([total, weight, count]);
      });
      let number = 0;
      for (const [total, weight, count] of pools)
        for (let i = 0; i < count; i++) { middles[layer[number]] = total / weight + offsets[number]; number++; }
    }
  }
  let top = Infinity;
  for (const layer of layers) for (const node of layer) top = Math.min(top, middles[node] - heights[node] / 2);
  return middles.map((middle) => Math.trunc(middle - top + 0.5));
}

function layOut(sizes, wires) {
  const GAP = 12, count = sizes.length, graph = layered(count, wires), [before, after] = neighbours(graph);
  const layers = ordered(graph, before, after), ranks = graph.ranks;
  const heights = ranks.map((_, node) => (node < count ? sizes[node][1] + GAP : 7));
  const middles = placed(layers, heights, before, after).map((middle) => middle - GAP / 2);
  const between = new Array(layers.length + 1).fill(0), left = [], widest = [];
  const cases = new Array(layers.length + 1).fill(0);
  for (const [source, , kind] of graph.hops) { between[ranks[source]]++; if (kind === 2) cases[ranks[source]] = 40; }
  let x = 0;
  layers.forEach((layer, rank) => {
    left.push(x);
    widest.push(layer.reduce((most, node) => (node < count ? Math.max(most, sizes[node][0]) : most), 0));
    x += widest[rank] + 56 + Math.min(1.5 * between[rank], 120) + cases[rank];
  });
  const bends = graph.hops.map(([source, target, kind]) => {
    const end = left[ranks[source]] + widest[ranks[source]], next = left[ranks[target]];
    return {
      x0: source < count ? left[ranks[source]] + sizes[source][0] : end, y0: middles[source], x1: end, x2: next,
      y2: middles[target], x3: target < count ? next : next + widest[ranks[target]], kind, target: target < count ? target : -1,
    };
  });
  const places = sizes.map(([, high], node) => ({ x: left[ranks[node]], y: middles[node] - high / 2 }));
  const width = places.reduce((most, place, node) => Math.max(most, place.x + sizes[node][0]), 0);
  const height = middles.reduce((most, middle, node) => Math.max(most, middle + heights[node] / 2), middles.length ? -Infinity : GAP) - GAP / 2;
  return { places, bends, ways: graph.ways, width, height };
}
