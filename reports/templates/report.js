// Search, filter and sort. The page reads and prints whole without this.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const form = $("find")?.form;
  const word = $("find"), severity = $("find-severity"), platform = $("find-platform"), waived = $("find-waived"), result = $("find-result");
  const rows = Array.from(document.querySelectorAll("[data-find]"), (row) => ({ row, text: null }));
  const groups = Array.from(document.querySelectorAll("[data-group]")).reverse();

  // Case and accents do not matter: "jose" finds "José".
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  const matches = (item, words, least, on, accepted) => {
    const data = item.row.dataset;
    if (least && !(Number(data.severity) >= least)) return false;
    if (on && !(data.platform ?? "").split(" ").includes(on)) return false;
    if (accepted && (accepted === "yes") !== ("waived" in data)) return false;
    if (!words.length) return true;
    // A row is found by its own words or by the heading it stands under.
    if (item.text === null) {
      const group = item.row.closest("[data-group]");
      const heading = group ? group.querySelector("h2, h3").textContent : "";
      item.text = plain(heading + " " + item.row.textContent);
    }
    return words.every((one) => item.text.includes(one));
  };

  const apply = () => {
    const words = plain(word.value).split(/\s+/).filter(Boolean);
    // A page has only those filters that can tell its lines apart.
    const least = Number(severity?.value ?? 0), on = platform?.value ?? "", accepted = waived?.value ?? "";
    const filtering = words.length > 0 || least > 0 || on !== "" || accepted !== "";
    let shown = 0, lines = 0;
    for (const item of rows) {
      const isLine = !item.row.hasAttribute("data-group");
      const hit = matches(item, words, least, on, accepted);
      if (isLine) { lines += 1; shown += hit ? 1 : 0; item.row.classList.toggle("off", !hit); } else item.hit = hit;
    }
    const hitGroups = new Set(rows.filter((item) => item.hit).map((item) => item.row));
    for (const group of groups) {
      const any = group.querySelector("[data-find]:not(.off)");
      group.classList.toggle("off", filtering && !any && !(hitGroups.has(group) && !least && !on && !accepted));
    }
    result.textContent = filtering ? `${shown} of ${lines} lines. Print shows all.` : "";
  };

  const reveal = () => {
    const target = location.hash.length > 1 ? $(decodeURIComponent(location.hash.slice(1))) : null;
    if (target && target.closest(".off")) { form.reset(); apply(); target.scrollIntoView(); }
  };

  const value = (row, column) => row.children[column].dataset.value ?? row.children[column].textContent.trim();

  const order = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const sort = (head, column) => {
    const table = head.closest("table"), down = head.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    for (const body of table.tBodies) {
      const lines = Array.from(body.rows).filter((row) => !row.classList.contains("action"));
      const sorted = lines.map((row) => [value(row, column), row]);
      sorted.sort((a, b) => order.compare(a[0], b[0]) * (down ? -1 : 1));
      body.append(...sorted.map((pair) => pair[1]));
    }
  };

  for (const table of document.querySelectorAll("table[data-sort]")) {
    if (Array.from(table.tBodies).every((body) => body.querySelectorAll("tr:not(.action)").length < 2)) continue;
    Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
      // Not a button element: browsers leave those out of heads repeated in print.
      const button = document.createElement("span");
      button.setAttribute("role", "button");
      button.tabIndex = 0;
      button.textContent = head.textContent;
      button.addEventListener("click", () => sort(head, column));
      button.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); sort(head, column); }
      });
      head.replaceChildren(button);
    });
  }
  document.documentElement.classList.add("scripted");
  if (!form) return;
  form.hidden = false;
  // Table heads stick below the search bar, however high it is.
  const sized = () => {
    const high = getComputedStyle(form).position === "sticky" ? form.offsetHeight : 0;
    document.documentElement.style.setProperty("--bar", `${high}px`);
  };
  new ResizeObserver(sized).observe(form);
  let waiting = 0;
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(apply, 80); });
  form.addEventListener("submit", (event) => { event.preventDefault(); apply(); });
  form.addEventListener("reset", () => setTimeout(apply, 0));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.preventDefault(); form.reset(); word.focus(); }
  });
  addEventListener("hashchange", reveal);
})();
