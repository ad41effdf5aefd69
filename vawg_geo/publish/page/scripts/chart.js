// Figures with their intervals: lying rows for few areas, a standing row of dots for many.

function chartScale(s, order) {
  var top = s.comparator && s.comparator.high || 0;
  order.forEach(i => { top = Math.max(top, s.high[i] === null ? s.rate[i] : s.high[i]); });
  // Where nothing was recorded anywhere, the axis still needs a length.
  top = top || 1;
  var rough = top / 5;
  var power = Math.pow(10, Math.floor(Math.log10(rough)));
  var tick = [1, 2, 5, 10].find(n => n * power >= rough) * power;
  var ticks = [];
  for (var n = 0; n * tick <= top + tick * 0.999; n += 1) ticks.push(n * tick);
  var end = ticks[ticks.length - 1];
  return {top: end, ticks, share: value => value / end, decimals: tick < 1 ? Math.ceil(-Math.log10(tick)) : 0};
}

// What is drawn: rates, or where the map shows a change, ratios with theirs. Ratios have no upper
// end where nothing was recorded at the start.
function figureOf(s) {
  var one = changing() && changeOf(s), whole = one && one.whole ? parseFloat(one.whole.replace(/,/g, "")) : null;
  function times(values) { return values.map(value => value === null ? null : value < 0 ? Infinity : value / 100); }
  if (!changing()) {
    return {
      value: s.rate, low: s.low, high: s.high, mean: comparable(s) ? s.comparator.rate : null,
      band: comparable(s) && s.comparator.low !== null && s.comparator.high !== null ? [s.comparator.low, s.comparator.high] : null,
      title: told("rate_per", {rate_unit: unitText(s)}), note: says("chart_note"), text: i => rateText(s, s.rate[i]),
      meanSays: comparable(s) ? told("chart_note_comparator", comparatorNames(s)) : ""
    };
  }
  return {
    ratio: true, value: one ? times(one.ratio) : s.rate.map(() => null), low: one ? times(one.low) : s.low.map(() => null),
    high: one ? times(one.high) : s.high.map(() => null), mean: whole, band: null,
    title: one ? told("change_title", one) : told("change_none", s), note: one ? told("chart_note_change", one) : "",
    meanSays: whole === null ? "" : told("chart_note_comparator", {name: one.comparator, rate: one.whole}), text: i => ratioText(s, i)
  };
}

function drawable(figure, i) {
  return figure.value[i] !== null || figure.low[i] !== null;
}

// A ratio of two is as far from none as one of a half.
function figureScale(figure, order) {
  if (!figure.ratio) return chartScale({high: figure.high, rate: figure.value, comparator: {high: figure.band ? figure.band[1] : figure.mean}}, order);
  var known = order.flatMap(i => [figure.value[i], figure.low[i], figure.high[i]]).concat(figure.mean, 0.5, 2).filter(value => value > 0 && value < Infinity);
  var least = Math.min(...known), most = Math.max(...known), ticks = [];
  for (var power = Math.floor(Math.log10(least)); power < Math.log10(most) + 1; power += 1) {
    ticks.push(Number("1e" + power), Number("2e" + power), Number("5e" + power));
  }
  ticks = ticks.filter((tick, n) => (ticks[n + 1] || most) > least && (n === 0 || ticks[n - 1] < most));
  var low = Math.log(ticks[0]), high = Math.log(ticks[ticks.length - 1]);
  return {ticks, share: value => value > 0 ? Math.max(0, Math.min(1, (Math.log(value) - low) / (high - low))) : 0};
}

function tickText(scale, tick) {
  return printed(tick, scale.decimals === undefined ? Math.max(0, Math.ceil(-Math.log10(tick))) : scale.decimals);
}

function chartOrder(s, drawn) {
  var figure = drawn || figureOf(s);
  var value = figure.value;
  function rank(i) { return value[i] === null ? Infinity : value[i]; }
  return everywhere().filter(i => shown(i) && drawable(figure, i))
    .sort((a, b) => rank(b) === rank(a) ? a - b : rank(b) - rank(a));
}

function crowded(order) {
  return order.length > 1000;
}

// Positions are along the rates ("at") and across the areas ("slot"), whichever way they lie.
function segment(lying, from, to, slot, kind) {
  return svg("line", lying ? {x1: from, x2: to, y1: slot, y2: slot, class: kind}
    : {y1: from, y2: to, x1: slot, x2: slot, class: kind});
}

function chartBody(s, order, into, drawn) {
  var figure = drawn || figureOf(s), box = {...into, figure}, scale = figureScale(figure, order), parts = [];
  function at(value) {
    var share = scale.share(value);
    return box.lying ? box.left + share * box.length : box.upper + (1 - share) * box.length;
  }
  var first = box.lying ? box.upper : box.left, last = first + box.across;
  scale.ticks.forEach(tick => {
    parts.push(segment(!box.lying, first, last, at(tick), "grid"));
    parts.push(svg("text", box.lying
      ? {x: at(tick), y: last + 16, "text-anchor": "middle", class: "soft", text: tickText(scale, tick)}
      : {x: box.left - 6, y: at(tick) + 4, "text-anchor": "end", class: "soft", text: tickText(scale, tick)}));
  });
  if (figure.band) {
    var low = at(figure.band[0]), high = at(figure.band[1]);
    parts.push(svg("rect", box.lying
      ? {x: low, y: first, width: Math.max(1, high - low), height: box.across, class: "band"}
      : {y: high, x: first, height: Math.max(1, low - high), width: box.across, class: "band"}));
  }
  if (figure.ratio) parts.push(segment(!box.lying, first, last, at(1), "same"));
  if (crowded(order)) parts = parts.concat(chartCrowd(s, order, box, at, first));
  else order.forEach((i, n) => {
    var slot = first + (n + 0.5) * box.step;
    parts.push(chartMark(s, i, slot, at, box));
  });
  if (figure.mean !== null) parts.push(segment(!box.lying, first, last, at(figure.mean), "mean"));
  return parts;
}

function chartMark(s, i, slot, at, box) {
  var figure = box.figure, picked = i === state.area, group = svg("g", {});
  var half = box.step / 2;
  group.append(svg("rect", box.lying
    ? {x: 0, y: slot - half, width: box.left + box.length, height: box.step, class: picked ? "hit picked" : "hit"}
    : {y: box.upper, x: slot - half, height: box.length, width: box.step, class: picked ? "hit picked" : "hit"}));
  if (figure.low[i] !== null && figure.high[i] !== null) {
    group.append(segment(box.lying, at(figure.low[i]), at(figure.high[i]), slot, "whisker"));
  }
  var rate = at(figure.value[i]), said = nameOf(i) + ": " + figure.text(i);
  if (figure.value[i] !== null && figure.value[i] < Infinity) group.append(svg("circle", {
    cx: box.lying ? rate : slot, cy: box.lying ? slot : rate, class: "dot",
    r: box.lying ? 6 : Math.max(2.2, Math.min(5, half)), fill: fillOf(s, i, true)
  }));
  if (box.lying) {
    group.append(svg("text", {x: box.left - 10, y: slot + 4, "text-anchor": "end", text: nameOf(i)}));
  } else if (picked) {
    var right = slot > box.left + box.across * 0.7;
    group.append(svg("text", {
      x: slot + (right ? -9 : 9), y: box.upper + 12, "text-anchor": right ? "end" : "start",
      text: said
    }));
  }
  group.append(svg("title", {text: said}));
  hear(group, "click", () => { change({area: i}); });
  return group;
}

// So many areas that each is thinner than a line: one path of intervals, one of dots for each fill.
function chartCrowd(s, order, box, at, first) {
  var figure = box.figure, whiskers = "", dots = {}, picked = order.indexOf(state.area);
  order.forEach((i, n) => {
    var x = (first + (n + 0.5) * box.step).toFixed(1), fillWith = fillOf(s, i, true);
    if (figure.low[i] !== null) whiskers += "M" + x + "," + at(figure.low[i]).toFixed(1) + "V" + at(figure.high[i]).toFixed(1);
    if (figure.value[i] !== null && figure.value[i] < Infinity) dots[fillWith] = (dots[fillWith] || "") + "M" + x + "," + at(figure.value[i]).toFixed(1) + "h.01";
  });
  var parts = [svg("path", {d: whiskers, class: "whisker crowd"})].concat(Object.keys(dots).map(ink => {
    return svg("path", {d: dots[ink], stroke: ink, class: "crowd-dots"});
  }));
  if (picked >= 0) parts.push(chartMark(s, state.area, first + (picked + 0.5) * box.step, at, {...box, step: 6}));
  var hit = svg("rect", {x: first, y: box.upper, width: box.across, height: box.length, class: "hit"});
  hear(hit, "click", event => {
    var place = Math.floor((event.clientX - hit.getBoundingClientRect().left) / box.step);
    change({area: order[Math.max(0, Math.min(order.length - 1, place))]});
  });
  return parts.concat(hit);
}

function drawChart() {
  var s = current(), figure = figureOf(s), order = chartOrder(s, figure);
  var lying = order.length <= 30;
  var room = Math.max(260, byId("chart").clientWidth);
  // Many areas on a narrow screen: the chart is wider than the screen and scrolls.
  var width = lying || crowded(order) ? room : Math.max(room, 52 + order.length * 5);
  var left = lying ? Math.min(190, width * 0.4) : 44;
  var across = lying ? order.length * 26 : width - left - 8;
  var box = {
    lying: lying, left, upper: lying ? 4 : 8, across,
    length: lying ? width - left - 24 : 250,
    step: across / Math.max(1, order.length)
  };
  var height = lying ? across + 28 : 266;
  var without = countWhere(i => !drawable(figure, i));
  byId("chart-title").textContent = told("chart_of", {...seriesNames(s), figure: figure.title});
  byId("chart-note").textContent = [
    figure.note, figure.meanSays, without ? told("chart_note_without", {n: without}) : ""
  ].join(" ").trim();
  if (width > room) byId("chart").setAttribute("tabindex", "0");
  else byId("chart").removeAttribute("tabindex");
  replace(byId("chart"), [order.length ? svg("svg", {
    viewBox: "0 0 " + width + " " + height, width, height, role: "img", "aria-label": told("chart_label", {figure: figure.title})
  }, chartBody(s, order, box, figure)) : null]);
}

function startChart() {
  drawWith(later(drawChart));
  hear(window, "resize", () => {
    if (byId("chart").clientWidth) drawChart();
  });
}
