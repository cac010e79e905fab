"use strict";
// Sets out what the page holds as data: charts, and tables that sort. It asks nobody for anything.
(() => {
  const told = JSON.parse(document.getElementById("data").textContent);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // ---- tables
  const asNumber = (key) => (key === "" ? -Infinity : Number(key));

  function sortBy(table, place, button) {
    const head = button.closest("th");
    const down = head.getAttribute("aria-sort") === "descending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "ascending" : "descending");
    const sign = down ? 1 : -1;
    const numbers = head.dataset.kind === "number";
    const key = (row) => row.cells[place].dataset.key;
    const order = numbers
      ? (a, b) => asNumber(key(a)) - asNumber(key(b))
      : (a, b) => key(a).localeCompare(key(b), told.lang);
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row, at) => [row, at]);
    rows.sort((a, b) => sign * order(a[0], b[0]) || a[1] - b[1]);
    for (const [row] of rows) body.append(row);
    document.getElementById("said").textContent = told.sorted.replace("{column}", button.textContent);
  }

  for (const table of document.querySelectorAll("table.sortable")) {
    [...table.tHead.rows[0].cells].forEach((cell, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = cell.textContent;
      button.addEventListener("click", () => sortBy(table, place, button));
      cell.replaceChildren(button);
    });
  }

  // ---- charts
  const font = getComputedStyle(document.body).fontFamily;
  const isNarrow = (box) => box.clientWidth < 560;
  const text = (more) => ({ fontFamily: font, color: colour("--ink"), fontSize: 12, ...more });
  const tooltip = (say) => ({
    renderMode: "richText", confine: true, transitionDuration: 0, formatter: say,
    backgroundColor: colour("--panel"), borderColor: colour("--line"), textStyle: text(),
  });
  const axis = (name, more) => ({
    name, nameLocation: "middle", nameTextStyle: text({ color: colour("--soft") }), axisLabel: text(),
    axisLine: { lineStyle: { color: colour("--line") } }, axisTick: { show: false }, ...more,
  });

  // Black or white, whichever stands out more from the shade of a part of the greatest value: one of them always does.
  const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const linear = (byte) => (byte <= 10 ? byte / 3294.6 : ((byte / 255 + 0.055) / 1.055) ** 2.4);
  function readable(part) {
    const low = channels(colour("--low"));
    const high = channels(colour("--high"));
    const [red, green, blue] = low.map((from, at) => linear(from + part * (high[at] - from)));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000000" : "#ffffff";
  }

  function heatMap(chart, box) {
    const narrow = isNarrow(box);
    const inCell = (mark) => {
      if (narrow) return mark.figures[0];
      return mark.name ? `${mark.name}\n${mark.figures[0]}` : mark.figures.join("\n");
    };
    const data = chart.marks.map((mark) => ({
      value: [...mark.at, mark.value],
      told: mark.told.join("\n"),
      label: {
        formatter: () => inCell(mark),
        color: readable(mark.value / chart.most),
      },
    }));
    const wide = Math.max(...chart.y.map((label) => label.length));
    return {
      tooltip: tooltip((at) => at.data.told),
      grid: { left: Math.min(36 + 7 * wide, 150), right: 8, top: 8, bottom: 58 },
      xAxis: axis(chart.names[0], {
        type: "category", data: chart.x, nameGap: 36,
        axisLabel: text({ interval: 0, fontSize: narrow ? 10 : 12, rotate: narrow && chart.x[0].length > 4 ? 30 : 0 }),
      }),
      yAxis: axis(chart.names[1], { type: "category", data: chart.y, nameGap: Math.min(18 + 7 * wide, 132) }),
      visualMap: {
        show: false, type: "continuous", min: 0, max: chart.most, dimension: 2,
        inRange: { color: [colour("--low"), colour("--high")] },
      },
      series: [{
        type: "heatmap", data, emphasis: { disabled: true },
        label: { show: true, fontFamily: font, fontSize: narrow ? 10 : 11, lineHeight: 14, overflow: "truncate" },
        itemStyle: { borderColor: colour("--paper"), borderWidth: 2 },
      }],
    };
  }

  // On a narrow page a line for each part; a comma within a number has no space behind it.
  const saidOf = (told, box) => (isNarrow(box) ? told.replaceAll(", ", ",\n") : told);

  function curve(chart, box) {
    const share = (value) => `${Math.round(100 * value)} %`;
    const ends = { type: "value", min: 0, max: 1, splitLine: { lineStyle: { color: colour("--line") } } };
    const points = chart.points.map((value, at) => ({ value, told: chart.told[at] }));
    const mark = chart.mark && {
      symbol: "circle", symbolSize: 11, itemStyle: { color: colour("--mark") },
      label: text({ show: true, position: "right", distance: 8, lineHeight: 15, formatter: () => saidOf(chart.mark.told, box) }),
      data: [{ coord: chart.mark.at }],
    };
    return {
      tooltip: { ...tooltip((at) => (Array.isArray(at) ? at[0] : at).data.told), trigger: "axis" },
      grid: { left: 64, right: 24, top: 14, bottom: 52 },
      xAxis: axis(chart.names[0], { ...ends, nameGap: 30, axisLabel: text({ formatter: share }) }),
      yAxis: axis(chart.names[1], { ...ends, nameGap: 46, axisLabel: text({ formatter: share }) }),
      series: [
        { type: "line", data: [[0, 0], [1, 1]], symbol: "none", silent: true, tooltip: { show: false },
          lineStyle: { type: "dashed", width: 1, color: colour("--soft") } },
        { type: "line", data: points, symbol: "none", lineStyle: { width: 3, color: colour("--up") },
          areaStyle: { color: colour("--up"), opacity: 0.1 }, markPoint: mark || undefined },
      ],
    };
  }

  function sankey(chart, box) {
    const narrow = isNarrow(box);
    const way = { "1": colour("--up"), "0": colour("--same"), "-1": colour("--down") };
    const side = (node) => (node.id[0] === "a" ? "right" : "left");
    return {
      tooltip: tooltip((at) => at.data.told),
      series: [{
        type: "sankey", left: 4, right: 4, top: 6, bottom: 6, nodeGap: 8, nodeWidth: 12, draggable: false,
        layoutIterations: 0, emphasis: { focus: "adjacency" },
        data: chart.nodes.map((node) => ({
          name: node.id, told: node.told, depth: node.id[0] === "a" ? 0 : 1, itemStyle: { color: colour("--soft"), borderWidth: 0 },
          label: text({ position: side(node), formatter: () => node.name, fontSize: narrow ? 10 : 12, width: box.clientWidth / 2 - 40, overflow: "truncate" }),
        })),
        links: chart.links.map((link) => ({
          source: link.from, target: link.to, value: link.value, told: link.told,
          lineStyle: { color: way[link.way], opacity: 0.45, curveness: 0.5 },
        })),
      }],
    };
  }

  const drawn = [];
  const makers = { "heat map": heatMap, curve, sankey };
  const draw = (chart, box, instance) => {
    instance.setOption({ animation: false, textStyle: { fontFamily: font }, ...makers[chart.kind](chart, box) }, true);
  };
  for (const chart of told.charts) {
    const box = document.getElementById(`chart-${chart.id}`);
    const instance = echarts.init(box, null, { renderer: "svg" });
    draw(chart, box, instance);
    drawn.push([chart, box, instance]);
  }
  const again = () => {
    for (const [chart, box, instance] of drawn) {
      instance.resize();
      draw(chart, box, instance);
    }
  };
  let waiting = 0;
  addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(again, 100); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  matchMedia("print").addEventListener("change", again);
})();
