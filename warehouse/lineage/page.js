"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const { tables, columns, engines } = data;
const main = document.getElementById("main");

// Columns lie one table behind the other.
let first = 0;
for (const table of tables) {
  table.columns = columns.slice(first, first + table.size);
  table.columns.forEach((column) => (column.table = table));
  first += table.size;
}
for (const column of columns) {
  column.from = column.from.map((number) => columns[number]);
  column.counts = column.counts.map((number) => tables[number]);
  column.to = [];
}
for (const column of columns) for (const each of column.from) each.to.push(column);

// Along the road.
const roadOrder = ["files", "raw", "seeds", "staging", "quarantine", "marts", "serving", "landing", "archive", "history", "analytics", "bi", "dashboards"];
const place = (schema) => (roadOrder.indexOf(schema) + roadOrder.length) % roadOrder.length;
const dashboard = (table) => table.name.split("/")[0].replaceAll("_", " ").replace(/^./, (letter) => letter.toUpperCase());
const alongTheRoad = (a, b) => place(a.schema) - place(b.schema) || (a.kind === "chart" ? 0 : a.name.localeCompare(b.name));

// --- Names and addresses -------------------------------------------------------------------------

const byAddress = new Map();
const rank = { model: 0, snapshot: 1, source: 2, seed: 3, file: 4, chart: 5 };
for (const table of [...tables].sort((a, b) => rank[a.kind] - rank[b.kind])) {
  table.address = byAddress.has(table.name) ? `${table.schema}.${table.name}` : table.name;
  for (const name of [`${table.schema}.${table.name}`, table.name]) {
    if (byAddress.has(name)) continue;
    byAddress.set(name, table);
    for (const column of table.columns) byAddress.set(`${name}.${column.name}`, column);
  }
  for (const column of table.columns) column.address = `${table.address}.${column.name}`;
}

const isColumn = (what) => what.table !== undefined;
const link = (what) => "#" + encodeURIComponent(what.address).replaceAll("%2F", "/");
const engineOf = (table) => engines[table.engine];
const title = (table) => (table.kind === "chart" ? table.name.replace(/^[^/]*\//, "") : table.name);
const paint = (table) => (engineOf(table) ? `--e:${engineOf(table).colour}` : "");

// --- Writing HTML ------------------------------------------------------------------------------

const escaped = (text) => String(text ?? "").replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const prose = (text) => escaped(text).replace(/`([^`]+)`/g, "<code>$1</code>");
const counted = (number, one, many = one + "s") => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
const moment = (text) => (text ? new Date(text).toISOString().slice(0, 16).replace("T", " ") + " UTC" : "");
const chip = (what, text, note = "") =>
  `<li><a class="chip dot" style="${paint(what.table ?? what)}" href="${link(what)}">${escaped(text)}${note && `<i>${note}</i>`}</a></li>`;

const whereabouts = (table) => {
  if (table.kind === "file") return "File";
  if (table.kind === "chart") return `Dashboard ${escaped(dashboard(table))}`;
  const built = engineOf(table).name;
  const lies = table.lies && table.lies !== table.engine ? `, written into ${engines[table.lies].name}` : "";
  return `${built}${lies} · ${escaped(table.schema)} · ${escaped(table.materialized || table.kind)}`;
};

// --- Tests, rows and age -------------------------------------------------------------------------

const verdicts = {
  pass: ["good", "passed"], warn: ["odd", "warned"], fail: ["bad", "failed"], error: ["bad", "broke"],
  "runtime error": ["bad", "broke"], "not run": ["soft", "not run yet"],
};
const verdict = (test) => verdicts[test.status] ?? ["bad", test.status];
const isBad = (test) => verdict(test)[0] === "bad" || verdict(test)[0] === "odd";

function summedUp(tests) {
  const counts = new Map();
  for (const test of tests) counts.set(verdict(test).join("|"), (counts.get(verdict(test).join("|")) ?? 0) + 1);
  return [...counts].map(([key, count]) => {
    const [colour, word] = key.split("|");
    return `<span class="${colour}">${count} ${word}</span>`;
  }).join(", ");
}

function facts(table) {
  const found = [];
  if (table.rows !== null) found.push(["Rows", table.rows.toLocaleString("en")]);
  if (table.built) found.push(["Built", moment(table.built)]);
  if (table.fresh) {
    const [colour, word] = { pass: ["good", "fresh"], warn: ["odd", "late"], error: ["bad", "too late"] }[table.fresh.status];
    found.push(["Last file", `${moment(table.fresh.at)} <span class="${colour}">${word}</span>`]);
  }
  if (table.tests.length) found.push(["Tests", summedUp(table.tests)]);
  return found.length ? `<dl class="facts">${found.map(([name, text]) => `<div><dt>${name}</dt><dd>${text}</dd></div>`).join("")}</dl>` : "";
}

const testLines = (tests) =>
  `<ul class="notes">${tests.map((test) => {
    const [colour, word] = verdict(test);
    const rows = isBad(test) && test.rows ? ` · ${counted(test.rows, "row")}` : "";
    const about = prose(test.description) || (test.column ? `of <code>${escaped(test.column)}</code>` : "");
    return `<li><span class="${colour}">${word}</span> <code>${escaped(test.name)}</code>${rows}
      <span class="soft">${moment(test.at)}</span>${about && `<br><span class="soft">${about}</span>`}</li>`;
  }).join("")}</ul>`;

// --- The front page ------------------------------------------------------------------------------

function frontPage() {
  const shelves = new Map();
  for (const table of [...tables].sort(alongTheRoad)) {
    const name = table.kind === "chart" ? dashboard(table) : table.schema;
    shelves.set(name, [...(shelves.get(name) ?? []), table]);
  }
  const withGaps = tables.filter((table) => table.gaps.length);
  const troubled = tables.filter((table) => table.tests.some(isBad));
  const late = tables.filter((table) => table.fresh && table.fresh.status !== "pass");
  const charts = tables.filter((table) => table.kind === "chart").length;
  const legend = Object.values(engines).map((engine) => `<li class="dot" style="--e:${engine.colour}">${engine.name}</li>`).join("");
  return `
    <h1>Where every column comes from, and where it goes</h1>
    <p class="soft">${counted(columns.length, "column")} from files over three engines to ${counted(charts, "chart")}, as of ${moment(data.generated)}.
      Pick a table, or press <code>/</code> and type a name.</p>
    <ul class="legend">${legend}<li class="dot">files and dashboards</li></ul>
    ${troubled.length || late.length ? `<h2><b>Look here first</b></h2><ul class="chips">
      ${troubled.map((table) => chip(table, title(table), summedUp(table.tests.filter(isBad)))).join("")}
      ${late.map((table) => chip(table, title(table), `<span class="odd">late</span>`)).join("")}</ul>` : ""}
    <div class="shelves">${[...shelves].map(([name, here]) => `<section class="shelf"><h3>${escaped(name)}<small>${counted(here.length, ["chart", "file"].includes(here[0].kind) ? here[0].kind : "table")}</small></h3>
      <ul class="chips">${here.map((table) => chip(table, title(table))).join("")}</ul></section>`).join("")}</div>
    <h2 id="gaps"><b>What is not known</b></h2>
    ${withGaps.length ? `<p class="soft">The lineage is read from the SQL that dbt compiles. It cannot tell where these come from:</p>
      <ul class="notes">${withGaps.flatMap((table) => table.gaps.map((gap) =>
        `<li><a class="dot" style="${paint(table)}" href="${link(table)}"><code>${escaped(table.schema)}.${escaped(table.name)}${gap.column ? "." + escaped(gap.column) : ""}</code></a>
         <span class="soft">${escaped(gap.why)}</span></li>`)).join("")}</ul>` : "<p>The origin of every column is known.</p>"}`;
}

// --- A table -------------------------------------------------------------------------------------

function neighbours(table, side) {
  const near = new Set();
  for (const column of table.columns) for (const each of column[side]) near.add(each.table);
  const counters = side === "from" ? table.columns.flatMap((column) => column.counts) : tables.filter((each) => each.columns.some((column) => column.counts.includes(table)));
  counters.forEach((each) => near.add(each));
  near.delete(table);
  return [...near].sort(alongTheRoad);
}

function tablePage(table) {
  const before = neighbours(table, "from");
  const after = neighbours(table, "to");
  const inDocs = table.id && `<a class="soft" href="index.html#!/${table.id.split(".")[0]}/${table.id}">in dbt docs</a>`;
  return `
    <p class="kicker"><span class="dot" style="${paint(table)}">${whereabouts(table)}</span></p>
    <h1>${escaped(title(table))}</h1>
    <p>${prose(table.description)} ${inDocs || ""}</p>
    ${facts(table)}
    ${table.gaps.map((gap) => `<p class="odd">${gap.column ? `<code>${escaped(gap.column)}</code>: ` : ""}${escaped(gap.why)}.</p>`).join("")}
    ${before.length ? `<h2>Made of</h2><ul class="chips">${before.map((each) => chip(each, title(each))).join("")}</ul>` : ""}
    ${after.length ? `<h2>Read by</h2><ul class="chips">${after.map((each) => chip(each, title(each))).join("")}</ul>` : ""}
    <h2>${counted(table.columns.length, table.kind === "chart" ? "thing shown" : "column", table.kind === "chart" ? "things shown" : undefined)}</h2>
    <table class="columns"><thead><tr><th>name</th><th>type</th><th></th><th class="number">made of</th><th class="number">&emsp;read by</th></tr></thead>
    <tbody>${table.columns.map((column) => `<tr>
      <td><a href="${link(column)}">${escaped(column.name)}</a></td><td class="type">${escaped(column.type)}</td>
      <td class="about soft">${prose(column.description)}</td>
      <td class="number">${column.from.length || ""}</td><td class="number">${column.to.length || ""}</td></tr>`).join("")}</tbody></table>
    ${table.tests.length ? `<h2>Tests</h2><details ${table.tests.some(isBad) ? "open" : ""}><summary>${summedUp(table.tests)}</summary>${testLines(table.tests)}</details>` : ""}`;
}

// --- A column ------------------------------------------------------------------------------------

function reached(start, side) {
  const found = new Map([[start, 0]]);
  let wave = [start];
  for (let far = 1; wave.length; far++) {
    const next = new Set();
    for (const column of wave) for (const each of column[side]) if (!found.has(each)) next.add(each);
    next.forEach((each) => found.set(each, far));
    wave = [...next];
  }
  found.delete(start);
  return found;
}

function byTable(found) {
  const groups = new Map();
  for (const [column, far] of found) {
    const group = groups.get(column.table) ?? { table: column.table, far: 0, columns: [] };
    group.far = Math.max(group.far, far);
    group.columns.push(column);
    groups.set(column.table, group);
  }
  return [...groups.values()];
}

function expression(column) {
  if (!column.steps.length) return "";
  const lines = column.steps.map(([name, text]) => `<b>${escaped(name)} =</b> ${escaped(text)}`);
  const last = lines.slice(-3);
  const earlier = lines.slice(0, -3);
  return (earlier.length ? `<details><summary>${counted(earlier.length, "step")} before</summary><pre>${earlier.join("\n")}</pre></details>` : "") +
    `<pre>${last.join("\n")}</pre>`;
}

function line(column) {
  const from = column.from.map((each) => `<a href="${link(each)}" title="${escaped(each.table.schema)}.${escaped(each.table.name)}">${escaped(title(each.table))}.${escaped(each.name)}</a>`);
  const verb = column.steps.length ? "from" : "is";
  let of = from.length ? `${verb} ${from.join(", ")}` : "";
  if (column.counts.length) of = [of, `counts the rows of ${column.counts.map((each) => `<a href="${link(each)}">${escaped(title(each))}</a>`).join(", ")}`].filter(Boolean).join("; ");
  if (!of && column.table.kind === "file") of = "as it stands in the file";
  if (!of && column.table.kind === "source") of = "written by the load";
  if (!of && column.steps.length) of = "made here";
  return `<div class="line"><a class="name" href="${link(column)}">${escaped(column.name)}</a> <span class="of">${of}</span>${expression(column)}</div>`;
}

function step(group) {
  const rows = group.table.rows === null ? "" : counted(group.table.rows, "row");
  return `<section class="step" style="${paint(group.table)}"><h3><a href="${link(group.table)}">${escaped(title(group.table))}</a><small>${whereabouts(group.table)}${rows && " · " + rows}</small></h3>
    ${group.columns.map(line).join("")}</section>`;
}

const STEPS_SHOWN = 8;
const STEPS_OPEN = 16;

function steps(found) {
  const groups = byTable(found).sort((a, b) => a.far - b.far || place(a.table.schema) - place(b.table.schema));
  if (groups.length <= STEPS_OPEN) return groups.map(step).join("");
  return groups.slice(0, STEPS_SHOWN).map(step).join("") +
    `<details><summary>${groups.length - STEPS_SHOWN} further tables</summary>${groups.slice(STEPS_SHOWN).map(step).join("")}</details>`;
}

const ends = (found, kind) => [...found.keys()].filter((column) => column.table.kind === kind);

function columnPage(column) {
  const up = reached(column, "from");
  const down = reached(column, "to");
  const { table } = column;
  const inFiles = ends(up, "file");
  const shown = byTable(new Map(ends(down, "chart").map((each) => [each, 0]))).sort((a, b) => tables.indexOf(a.table) - tables.indexOf(b.table));
  const gap = table.gaps.find((each) => each.column === null || each.column === column.name);
  const tests = table.tests.filter((test) => test.column === column.name);
  return `
    <p class="kicker"><a class="dot" style="${paint(table)}" href="${link(table)}">${escaped(title(table))}</a> &nbsp;${whereabouts(table)}</p>
    <h1>${escaped(column.name)}</h1>
    <p>${prose(column.description)} ${column.type && `<code class="soft">${escaped(column.type)}</code>`}</p>
    ${gap ? `<p class="odd">Not known: ${escaped(gap.why)}.</p>` : ""}
    ${facts(table)}
    ${tests.length ? `<details ${tests.some(isBad) ? "open" : ""}><summary>Tests of this column: ${summedUp(tests)}</summary>${testLines(tests)}</details>` : ""}
    ${inFiles.length ? `<h2>Begins in</h2><ul class="chips">${inFiles.map((each) => chip(each, each.name, escaped(each.table.name))).join("")}</ul>` : ""}
    ${shown.length ? `<h2>Seen in ${counted(shown.length, "chart")}</h2><ul class="chips">${shown.map((each) => chip(each.table, title(each.table))).join("")}</ul>` : ""}
    ${up.size + down.size ? `<h2>The whole way</h2><div class="drawing" tabindex="0" aria-label="Drawing of the lineage"></div>` : ""}
    <h2><b>How it is made</b></h2>
    ${step({ table, columns: [column] })}
    ${steps(up)}
    ${down.size ? `<h2><b>What is made of it</b></h2>${steps(down)}` : ""}`;
}

// --- The drawing ---------------------------------------------------------------------------------

const SIZE = { title: 24, cell: 23, more: 21, space: 14, edge: 18, cells: 5, ...(innerWidth < 640 ? { width: 150, gap: 36 } : { width: 190, gap: 56 }) };

function draw(canvas, column) {
  const all = [column, ...reached(column, "from").keys(), ...reached(column, "to").keys()];
  const inside = new Set(all);
  const boxes = byTable(new Map(all.map((each) => [each, 0])));
  const boxOf = new Map(boxes.map((box) => [box.table, box]));
  for (const box of boxes) {
    box.columns.sort((a, b) => (b === column) - (a === column) || b.to.filter((each) => inside.has(each)).length - a.to.filter((each) => inside.has(each)).length);
    box.shown = box.columns.slice(0, SIZE.cells);
    box.height = SIZE.title + SIZE.cell * box.shown.length + (box.columns.length > box.shown.length ? SIZE.more : 0);
    box.before = new Set();
    box.after = new Set();
  }
  for (const each of all) for (const from of each.from) if (inside.has(from) && from.table !== each.table) {
    boxOf.get(each.table).before.add(boxOf.get(from.table));
    boxOf.get(from.table).after.add(boxOf.get(each.table));
  }
  // A table stands to the right of all that it is made of.
  const layerOf = (box, trail = new Set()) => {
    if (box.layer === undefined && !trail.has(box)) {
      trail.add(box);
      box.layer = 1 + Math.max(-1, ...[...box.before].map((each) => layerOf(each, trail)));
    }
    return box.layer ?? 0;
  };
  boxes.forEach((box) => layerOf(box));
  // Files and seeds stand right before what they become, not all at the left.
  for (const box of [...boxes].sort((a, b) => b.layer - a.layer)) {
    if (!box.before.size && box.after.size) box.layer = Math.min(...[...box.after].map((each) => each.layer)) - 1;
  }
  const layers = [];
  for (const box of boxes) (layers[box.layer] ??= []).push(box);
  for (let pass = 0; pass < 6; pass++) arrange(layers, pass % 2 ? "after" : "before");
  const heights = layers.map((layer) => layer.reduce((sum, box) => sum + box.height + SIZE.space, -SIZE.space));
  const height = Math.max(...heights);
  layers.forEach((layer, number) => {
    let top = SIZE.edge + (height - heights[number]) / 2;
    for (const box of layer) {
      box.x = SIZE.edge + number * (SIZE.width + SIZE.gap);
      box.y = top;
      top += box.height + SIZE.space;
    }
  });
  const width = layers.length * (SIZE.width + SIZE.gap) - SIZE.gap;
  const paths = [];
  for (const each of all) for (const from of each.from) if (inside.has(from)) {
    const [x1, y1] = [boxOf.get(from.table).x + SIZE.width, middle(boxOf.get(from.table), from)];
    const [x2, y2] = [boxOf.get(each.table).x, middle(boxOf.get(each.table), each)];
    const bend = Math.max(30, (x2 - x1) / 2);
    paths.push({ from, to: each, d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}` });
  }
  canvas.innerHTML = `<div class="sheet" style="width:${width + 2 * SIZE.edge}px;height:${height + 2 * SIZE.edge}px">
    <svg width="100%" height="100%" aria-hidden="true">${paths.map((path) => `<path d="${path.d}" style="${paint(path.from.table)}"></path>`).join("")}</svg>
    ${boxes.map((box) => `<div class="box" style="left:${box.x}px;top:${box.y}px;width:${SIZE.width}px;${paint(box.table)}">
      <a class="title" href="${link(box.table)}" title="${escaped(box.table.schema)}.${escaped(box.table.name)}">${escaped(title(box.table))}</a>
      ${box.shown.map((each) => `<a class="cell${each === column ? " here" : ""}" href="${link(each)}" data-number="${columns.indexOf(each)}" title="${escaped(each.name)}">${escaped(each.name)}</a>`).join("")}
      ${box.columns.length > box.shown.length ? `<a class="more" href="${link(box.table)}">${box.columns.length - box.shown.length} more</a>` : ""}</div>`).join("")}</div>`;

  const lines = [...canvas.querySelectorAll("path")];
  const cells = [...canvas.querySelectorAll(".cell")];
  const light = (chosen) => {
    const lit = new Set(chosen ? [chosen, ...reached(chosen, "from").keys(), ...reached(chosen, "to").keys()] : []);
    canvas.classList.toggle("lit", lit.size > 0);
    lines.forEach((element, number) => element.classList.toggle("lit", lit.has(paths[number].from) && lit.has(paths[number].to)));
    cells.forEach((cell) => cell.classList.toggle("lit", lit.has(columns[cell.dataset.number])));
  };
  for (const cell of cells) {
    for (const event of ["mouseenter", "focus"]) cell.addEventListener(event, () => light(columns[cell.dataset.number]));
    for (const event of ["mouseleave", "blur"]) cell.addEventListener(event, () => light());
  }
  const own = boxOf.get(column.table);
  canvas.scrollTo(own.x + SIZE.width / 2 - canvas.clientWidth / 2, own.y + own.height / 2 - canvas.clientHeight / 2);
}

function middle(box, column) {
  const number = box.shown.indexOf(column);
  return number < 0 ? box.y + box.height - SIZE.more / 2 : box.y + SIZE.title + SIZE.cell * (number + 0.5);
}

// Boxes stand where those that they are joined to stand.
function arrange(layers, side) {
  for (const layer of side === "before" ? layers : [...layers].reverse()) {
    layer.forEach((box, number) => (box.order ??= number));
    for (const box of layer) {
      const near = [...box[side]].filter((each) => each.order !== undefined);
      if (near.length) box.wish = near.reduce((sum, each) => sum + each.order, 0) / near.length;
    }
    layer.sort((a, b) => (a.wish ?? a.order) - (b.wish ?? b.order));
    layer.forEach((box, number) => (box.order = number - (layer.length - 1) / 2));
  }
}

// --- Searching -----------------------------------------------------------------------------------

const search = document.getElementById("search");
const list = document.getElementById("found");
const MOST = 40;
let chosen = 0;
const everything = [...tables, ...columns].map((what) => {
  const table = what.table ?? what;
  return {
    what,
    name: what.name.toLowerCase(),
    full: `${table.schema}.${table.name}${what.table ? "." + what.name : ""}`.toLowerCase(),
    about: what.description.toLowerCase(),
  };
});

function score(entry, words) {
  let sum = isColumn(entry.what) ? 0 : 2;
  for (const word of words) {
    if (entry.name === word || entry.full === word) sum += 20;
    else if (entry.name.startsWith(word)) sum += 10;
    else if (entry.name.includes(word)) sum += 6;
    else if (entry.full.includes(word)) sum += 4;
    else if (entry.about.includes(word)) sum += 1;
    else return 0;
  }
  return sum - entry.full.length / 1000;
}

function look() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const hits = words.length ? everything.map((entry) => [score(entry, words), entry.what]).filter(([points]) => points > 0)
    .sort((a, b) => b[0] - a[0]).slice(0, MOST) : [];
  chosen = 0;
  list.hidden = !words.length;
  search.setAttribute("aria-expanded", String(!list.hidden));
  list.innerHTML = hits.map(([, what], number) => {
    const table = what.table ?? what;
    const name = isColumn(what) ? `<code>${escaped(title(table))}.<b>${escaped(what.name)}</b></code>` : `<b>${escaped(title(table))}</b>`;
    return `<li role="option" id="hit${number}"><a class="dot" style="${paint(table)}" href="${link(what)}" tabindex="-1">${name}
      <small>${escaped(table.schema)} · ${escaped(what.description)}</small></a></li>`;
  }).join("") || (words.length ? `<li class="none">Nothing is called so.</li>` : "");
  choose(0);
}

function choose(number) {
  const hits = [...list.querySelectorAll("[role=option]")];
  chosen = Math.max(0, Math.min(number, hits.length - 1));
  hits.forEach((hit, each) => hit.setAttribute("aria-selected", String(each === chosen)));
  if (hits[chosen]) {
    search.setAttribute("aria-activedescendant", hits[chosen].id);
    if (number) hits[chosen].scrollIntoView({ block: "nearest" });
  }
}

function leave() {
  list.hidden = true;
  search.value = "";
  search.setAttribute("aria-expanded", "false");
  search.blur();
}

search.addEventListener("input", look);
search.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
  } else if (event.key === "Enter") {
    list.querySelector("[aria-selected=true] a")?.click();
  } else if (event.key === "Escape") leave();
});
list.addEventListener("click", leave);
document.addEventListener("click", (event) => {
  if (!event.target.closest(".search")) list.hidden = true;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== search) {
    event.preventDefault();
    search.focus();
  }
});

// --- Addresses -----------------------------------------------------------------------------------

function show() {
  const address = decodeURIComponent(location.hash.slice(1));
  const what = byAddress.get(address);
  let name = "Column lineage";
  if (!address) main.innerHTML = frontPage();
  else if (!what) main.innerHTML = `<h1>There is no <code>${escaped(address)}</code></h1><p>Press <code>/</code> and type a part of its name, or look at <a href="#"><u>all tables</u></a>.</p>`;
  else if (isColumn(what)) {
    name = `${title(what.table)}.${what.name}`;
    main.innerHTML = columnPage(what);
    const canvas = main.querySelector(".drawing");
    if (canvas) draw(canvas, what);
  } else {
    name = title(what);
    main.innerHTML = tablePage(what);
  }
  document.title = `${name} · Retail warehouse`;
  scrollTo(0, 0);
}

addEventListener("hashchange", show);
show();
