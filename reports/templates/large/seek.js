// The index's search over the names held in the page. Without it the lists lead everywhere too.
(() => {
  const $ = (id) => document.getElementById(id);
  const box = $("seek"), list = $("seek-found"), result = $("seek-result");
  const form = box.form, most = 20;
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  let entries = null;

  // Read at the first letter, not when the page opens.
  const all = () => {
    if (entries === null) {
      entries = Object.entries(JSON.parse($("names").textContent)).flatMap(
        ([kind, rows]) => rows.map(([name, address]) => ({ kind, name, address, text: plain(`${name} ${kind}`) })));
    }
    return entries;
  };

  const line = (entry) => {
    const link = document.createElement("a"), name = document.createElement("bdi"), kind = document.createElement("span");
    const item = document.createElement("li");
    link.href = `access-review/${entry.address}`;
    name.textContent = entry.name;
    kind.className = "quiet";
    kind.textContent = ` ${entry.kind}`;
    link.append(name);
    item.append(link, kind);
    return item;
  };

  const seek = () => {
    const words = plain(box.value).split(/\s+/).filter(Boolean);
    const hits = words.length ? all().filter((entry) => words.every((word) => entry.text.includes(word))) : [];
    // "ana" means Ana before Oksana; among equals the riskiest stays first.
    const starts = (entry) => words.filter((word) => (" " + entry.text).includes(" " + word)).length;
    const found = hits.map((entry) => [starts(entry), entry]).sort((a, b) => b[0] - a[0]).map((pair) => pair[1]);
    list.replaceChildren(...found.slice(0, most).map(line));
    list.hidden = found.length === 0;
    const shown = found.length > most ? `${most} of ${found.length.toLocaleString("en")} shown; type more to narrow it.`
      : `${found.length} found.`;
    result.textContent = words.length ? shown : "";
  };

  let waiting = 0;
  form.hidden = false;
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(seek, 60); });
  form.addEventListener("submit", (event) => { event.preventDefault(); seek(); list.querySelector("a")?.click(); });
  form.addEventListener("reset", () => setTimeout(() => { seek(); box.focus(); }, 0));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && box.value) { event.preventDefault(); form.reset(); }
  });
})();
