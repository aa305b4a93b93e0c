"use client";
import { useSyncExternalStore } from "react";

/** Services that this browser's user wants on top. */
const key = "anytime-pinned-services";
const changed = "anytime-pins-changed";
const none = "[]";

function subscribe(onChange: () => void): () => void {
  window.addEventListener("storage", onChange);
  window.addEventListener(changed, onChange);
  return () => {
    window.removeEventListener("storage", onChange);
    window.removeEventListener(changed, onChange);
  };
}

const read = () => window.localStorage.getItem(key) ?? none;

function parse(stored: string): string[] {
  try {
    const value: unknown = JSON.parse(stored);
    return Array.isArray(value) ? value.filter((slug) => typeof slug === "string") : [];
  } catch {
    // Whatever else wrote there: nothing is pinned.
    return [];
  }
}

export function usePins() {
  const pins = parse(useSyncExternalStore(subscribe, read, () => none));
  const togglePin = (slug: string) => {
    const next = pins.includes(slug) ? pins.filter((pin) => pin !== slug) : [...pins, slug];
    window.localStorage.setItem(key, JSON.stringify(next));
    window.dispatchEvent(new Event(changed));
  };
  return { pins, togglePin };
}
