// The first script of every content document. It gives old templates what they touch although the document
// has an origin that is nobody's (storage, cookies, dialogs), and speaks with the page around the frame.
// The messages are described in docs/explanation/task-frame.md.
(function () {
  "use strict";

  var script = document.currentScript;
  var facts = script ? script.dataset : {};
  var parentWindow = window.parent;
  var framed = parentWindow !== window;

  // --- stand-ins, in memory alone -------------------------------------------------------------------------

  function storage() {
    var kept = new Map();
    var methods = {
      getItem: function (name) { return kept.has(String(name)) ? kept.get(String(name)) : null; },
      setItem: function (name, value) { kept.set(String(name), String(value)); },
      removeItem: function (name) { kept.delete(String(name)); },
      clear: function () { kept.clear(); },
      key: function (index) { return Array.from(kept.keys())[index] || null; }
    };
    return new Proxy(methods, {
      get: function (target, name) {
        if (name === "length") return kept.size;
        if (name in target) return target[name];
        return kept.has(name) ? kept.get(name) : undefined;
      },
      set: function (target, name, value) { kept.set(String(name), String(value)); return true; },
      has: function (target, name) { return name in target || kept.has(name); },
      deleteProperty: function (target, name) { kept.delete(name); return true; },
      ownKeys: function () { return Array.from(kept.keys()); },
      getOwnPropertyDescriptor: function (target, name) {
        if (!kept.has(name)) return undefined;
        return { value: kept.get(name), writable: true, enumerable: true, configurable: true };
      },
      // The methods may be changed, so that no rule of proxies forbids hiding them from lists of keys.
      defineProperty: function (target, name, described) { kept.set(String(name), String(described.value)); return true; }
    });
  }

  function replace(owner, name, described) {
    described.configurable = true;
    try { Object.defineProperty(owner, name, described); } catch (fault) { /* this browser keeps its own */ }
  }

  function isForbidden(name) {
    try { return !window[name]; } catch (fault) { return true; }
  }

  if (isForbidden("localStorage")) replace(window, "localStorage", { value: storage(), enumerable: true });
  if (isForbidden("sessionStorage")) replace(window, "sessionStorage", { value: storage(), enumerable: true });

  var cookies = new Map();
  replace(document, "cookie", {
    enumerable: true,
    get: function () {
      return Array.from(cookies, function (pair) { return pair[0] + "=" + pair[1]; }).join("; ");
    },
    set: function (text) {
      var parts = String(text).split(";");
      var equals = parts[0].indexOf("=");
      var name = equals < 0 ? "" : parts[0].slice(0, equals).trim();
      var value = (equals < 0 ? parts[0] : parts[0].slice(equals + 1)).trim();
      var ended = parts.slice(1).some(function (part) {
        var pair = part.split("=");
        var kind = pair[0].trim().toLowerCase();
        if (kind === "max-age") return Number(pair[1]) <= 0;
        return kind === "expires" && Date.parse(part.slice(part.indexOf("=") + 1)) <= Date.now();
      });
      if (ended) cookies.delete(name); else cookies.set(name, value);
    }
  });

  // --- what the frame says in its own page ----------------------------------------------------------------

  var notice = null;

  function say(text) {
    if (!document.body) {
      document.addEventListener("DOMContentLoaded", function () { say(text); }, { once: true });
      return;
    }
    if (!notice) {
      notice = document.createElement("div");
      notice.setAttribute("role", "alert");
      notice.setAttribute("style", "position:sticky;top:0;z-index:2147483647;margin:0;padding:12px 44px 12px 16px;" +
        "background:#fff3c4;color:#2b2110;border-bottom:2px solid #b58a2e;font:15px/1.45 system-ui,sans-serif;" +
        "white-space:pre-wrap;overflow-wrap:anywhere");
      var close = document.createElement("button");
      close.type = "button";
      close.textContent = "×";
      close.setAttribute("aria-label", facts.close || "Close");
      close.setAttribute("style", "position:absolute;right:4px;top:4px;width:36px;height:36px;border:0;" +
        "background:none;color:inherit;font-size:20px;cursor:pointer");
      close.addEventListener("click", function () { notice.remove(); });
      notice.appendChild(document.createElement("span"));
      notice.appendChild(close);
    }
    notice.firstChild.textContent = text;
    document.body.insertBefore(notice, document.body.firstChild);
  }

  // A sandboxed frame opens no dialogs: alert() would do nothing, and a form that asks confirm() could never
  // be sent. So what they say stands in the page, and the answer is the one that goes on.
  replace(window, "alert", { value: function (text) { say(text === undefined ? "" : String(text)); }, writable: true });
  replace(window, "confirm", { value: function (text) { say(String(text)); return true; }, writable: true });
  replace(window, "prompt", {
    value: function (text, value) { say(String(text)); return value === undefined ? "" : String(value); },
    writable: true
  });

  // --- messages --------------------------------------------------------------------------------------------

  function tell(type, members) {
    if (!framed || !facts.nonce) return;
    var message = Object.assign({ type: "kempelen:" + type, nonce: facts.nonce }, members);
    try { parentWindow.postMessage(message, facts.site); } catch (fault) { /* what cannot be told is not */ }
  }

  function throttled(milliseconds, work) {
    var last = -Infinity, waiting = null;
    return function () {
      var wait = last + milliseconds - performance.now();
      if (wait <= 0) {
        last = performance.now();
        work();
      } else if (waiting === null) {
        waiting = setTimeout(function () { waiting = null; last = performance.now(); work(); }, wait);
      }
    };
  }

  // How high the content is, for frames that fit it.
  var told = 0;
  var tellHeight = throttled(100, function () {
    var body = document.body;
    if (!body) return;
    var style = getComputedStyle(body);
    var height = Math.ceil(body.getBoundingClientRect().height + parseFloat(style.marginTop) + parseFloat(style.marginBottom));
    // A page as high as its window says nothing of its content: what overflows it does.
    if (document.documentElement.scrollHeight > window.innerHeight) {
      height = Math.max(height, document.documentElement.scrollHeight);
    }
    if (height !== told && height > 0) { told = height; tell("height", { height: height }); }
  });

  // That somebody is at work.
  var lastActive = -Infinity;
  function tellActive(event) {
    if (!event.isTrusted || performance.now() - lastActive < 5000) return;
    lastActive = performance.now();
    tell("active", {});
  }
  ["input", "change", "keydown", "pointerdown", "pointermove", "wheel", "touchstart"].forEach(function (name) {
    window.addEventListener(name, tellActive, { capture: true, passive: true });
  });

  // --- drafts ----------------------------------------------------------------------------------------------

  var RESERVED = ["assignmentId", "hitId", "workerId", "turkSubmitTo"];
  var NOT_KEPT = ["hidden", "password", "file", "submit", "button", "image", "reset"];
  var MOST = 1000000;

  function kept() {
    return Array.from(document.querySelectorAll("input[name],select[name],textarea[name]")).filter(function (field) {
      return field.name && RESERVED.indexOf(field.name) < 0 && NOT_KEPT.indexOf(field.type) < 0;
    });
  }

  function draft() {
    var fields = [];
    kept().forEach(function (field) {
      if (isChoice(field)) {
        if (field.checked) fields.push({ Name: field.name, Value: field.value });
      } else if (field.type === "select-multiple") {
        Array.from(field.selectedOptions).forEach(function (option) {
          fields.push({ Name: field.name, Value: option.value });
        });
      } else {
        fields.push({ Name: field.name, Value: field.value });
      }
    });
    return fields;
  }

  var tellDraft = throttled(1000, function () {
    var fields = draft();
    if (fields.length > 1000 || JSON.stringify(fields).length > MOST) return;
    tell("draft", { fields: fields });
  });

  function isChoice(field) {
    return field.type === "checkbox" || field.type === "radio";
  }

  function fill(fields) {
    var values = new Map();
    fields.forEach(function (each) {
      var name = String(each.Name);
      if (!values.has(name)) values.set(name, []);
      values.get(name).push(String(each.Value));
    });
    // Values that choices of the same name stand for are not the text of a field beside them.
    var choices = new Map();
    kept().forEach(function (field) {
      if (!choices.has(field.name)) choices.set(field.name, new Set());
      var each = field.options ? Array.from(field.options) : isChoice(field) ? [field] : [];
      each.forEach(function (choice) { choices.get(field.name).add(choice.value); });
    });
    var places = new Map();
    kept().forEach(function (field) {
      var given = values.get(field.name) || [];
      var changed = false;
      if (isChoice(field)) {
        var checked = given.indexOf(field.value) >= 0;
        changed = checked !== field.checked;
        field.checked = checked;
      } else if (field.options) {
        Array.from(field.options).forEach(function (option) {
          var selected = given.indexOf(option.value) >= 0;
          if (!field.multiple && !selected) return;
          changed = changed || selected !== option.selected;
          option.selected = selected;
        });
      } else if (values.has(field.name)) {
        var texts = given.filter(function (value) { return !choices.get(field.name).has(value); });
        var place = places.get(field.name) || 0;
        places.set(field.name, place + 1);
        if (place < texts.length && field.value !== texts[place]) { field.value = texts[place]; changed = true; }
      }
      if (changed) {
        field.dispatchEvent(new Event("input", { bubbles: true }));
        field.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
  }

  window.addEventListener("message", function (event) {
    var message = event.data;
    if (event.source !== parentWindow || event.origin !== facts.site || !message || typeof message !== "object") return;
    if (message.nonce !== facts.nonce || message.type !== "kempelen:fill" || !Array.isArray(message.fields)) return;
    fill(message.fields);
  });

  // --- previews --------------------------------------------------------------------------------------------

  if (facts.preview) {
    window.addEventListener("submit", function (event) {
      event.preventDefault();
      event.stopImmediatePropagation();
      say(facts.preview);
    }, true);
    HTMLFormElement.prototype.submit = function () { say(facts.preview); };
  }

  // --- media whose address has ended ----------------------------------------------------------------------

  var renewal = facts.renewal;

  function renew(name) {
    var query = name ? "?media=" + encodeURIComponent(name) : "";
    return fetch(renewal + query, { method: "POST", credentials: "omit" }).then(function (reply) {
      if (!reply.ok) throw new Error("renewal " + reply.status);
      return reply.json();
    }).then(function (answer) {
      renewal = renewal.replace(/\/frames\/[^/]+\/renewal$/, "/frames/" + answer.Ticket + "/renewal");
      return answer.MediaURL;
    });
  }

  document.addEventListener("error", function (event) {
    var element = event.target;
    if (!element || !facts.renewal) return;
    var holder = element.tagName === "SOURCE" ? element.parentElement : element;
    var source = element.currentSrc || element.src || "";
    var at = source.indexOf(facts.media);
    if (at < 0 || !holder || Number(holder.dataset.kempelenTries || 0) >= 5) return;
    holder.dataset.kempelenTries = Number(holder.dataset.kempelenTries || 0) + 1;
    var place = holder.currentTime || 0, playing = "paused" in holder && !holder.paused;
    renew(source.slice(source.lastIndexOf("/") + 1)).then(function (address) {
      if (!address) return;
      element.src = address;
      if (!holder.load) return;
      holder.addEventListener("loadedmetadata", function () {
        holder.currentTime = place;
        holder.dataset.kempelenTries = 0;
        if (playing) holder.play();
      }, { once: true });
      holder.load();
    }).catch(function () { /* the task has ended, or the network: the gap stays */ });
  }, true);

  // --- beginning -------------------------------------------------------------------------------------------

  document.addEventListener("DOMContentLoaded", function () {
    document.addEventListener("input", tellDraft, true);
    document.addEventListener("change", tellDraft, true);
    if (window.ResizeObserver) {
      var observer = new ResizeObserver(tellHeight);
      observer.observe(document.body);
      observer.observe(document.documentElement);
    }
    tellHeight();
    tell("ready", {});
    if (facts.renewal) setInterval(function () { renew("").catch(function () {}); }, 1800000);
  });
  window.addEventListener("load", tellHeight);
})();
