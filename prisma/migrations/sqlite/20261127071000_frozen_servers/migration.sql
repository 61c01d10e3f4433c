-- AlterTable
ALTER TABLE "Server" ADD COLUMN "frozenWhy" TEXT;
ALTER TABLE "Server" ADD COLUMN "frozenAt" DATETIME;
